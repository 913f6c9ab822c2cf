using Lakehouse.Jinja;

namespace Lakehouse.Pipelines.Context;

/// <summary>The environments in which a project's templates are read.</summary>
internal static class Templates
{
    /// <summary>dbt's prefix of macros' names, so that a macro of a file is reached through the context alone.</summary>
    public const string MacroPrefix = "dbt_macro__";

    /// <summary>For SQL files while dependencies are looked for: what is not known yet is undefined all the way.</summary>
    public static JinjaEnvironment Parsing { get; } = Make(chainUndefined: true);

    /// <summary>For SQL that is to run, and for files of macros.</summary>
    public static JinjaEnvironment Running { get; } = Make(chainUndefined: false);

    static JinjaEnvironment Make(bool chainUndefined)
    {
        var environment = new JinjaEnvironment { ChainUndefined = chainUndefined, DbtTags = true, MacroPrefix = MacroPrefix };
        foreach (var name in new[] { "as_text", "as_bool", "as_native", "as_number" })
        {
            // In SQL they change nothing: what a template puts out is text.
            environment.AddFilter(name, (value, _) => value);
        }

        return environment;
    }
}
