namespace Lakehouse.Jinja;

/// <summary>A macro as it is written in a file.</summary>
/// <param name="Name">Its name: that of a test with <c>test_</c> before it; of a materialization <c>materialization_NAME_ADAPTER</c>.</param>
/// <param name="Line">Line where it starts, from 1.</param>
/// <param name="Parameters">Names of its parameters.</param>
/// <param name="SupportedLanguages">Of a materialization: the languages of models that it takes; null for other macros.</param>
/// <param name="Calls">Calls that are written in it.</param>
/// <param name="Text">Its text with both tags.</param>
public sealed record JinjaMacroSignature(
    string Name, int Line, IReadOnlyList<string> Parameters, IReadOnlyList<string>? SupportedLanguages, IReadOnlyList<JinjaCallSite> Calls, string Text)
{
    /// <summary>Name and line alone.</summary>
    public void Deconstruct(out string name, out int line) => (name, line) = (Name, Line);
}

/// <summary>A call as it is written: of a name, or of a name's attribute.</summary>
/// <param name="Name"><c>name</c> or <c>owner.name</c>.</param>
/// <param name="Arguments">The positional arguments that are text literals; null in place of others.</param>
public sealed record JinjaCallSite(string Name, IReadOnlyList<string?> Arguments);
