using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>The ways in which templates of a project are read.</summary>
internal static class TemplateEnvironments
{
    public const string MacroPrefix = "dbt_macro__";

    /// <summary>For SQL files while dependencies are looked for: what is not known yet is undefined all the way.</summary>
    public static JinjaEnvironment Parsing { get; } = Make(chainUndefined: true);

    /// <summary>For files of macros.</summary>
    public static JinjaEnvironment Macros { get; } = Make(chainUndefined: false);

    /// <summary>For values in YAML: text may be asked to become a value by <c>as_bool</c>, <c>as_number</c> and <c>as_native</c>.</summary>
    public static JinjaEnvironment Native { get; } = MakeNative(chainUndefined: false);

    /// <summary>For arguments of tests, while dependencies are looked for.</summary>
    public static JinjaEnvironment NativeParsing { get; } = MakeNative(chainUndefined: true);

    static JinjaEnvironment Make(bool chainUndefined)
    {
        var environment = new JinjaEnvironment { ChainUndefined = chainUndefined, DbtTags = true, MacroPrefix = MacroPrefix };
        foreach (var name in new[] { "as_text", "as_bool", "as_native", "as_number" })
        {
            environment.AddFilter(name, (value, _) => value);
        }

        return environment;
    }

    static JinjaEnvironment MakeNative(bool chainUndefined)
    {
        var environment = new JinjaEnvironment { ChainUndefined = chainUndefined };
        environment.AddFilter("as_text", (value, _) => Text.Of(value));
        environment.AddFilter("as_native", (value, _) => Literal(value, out var literal) ? literal : value);
        environment.AddFilter("as_bool", (value, _) => value is bool ? value : Literal(value, out var literal) && literal is bool ? literal : throw JinjaException.Value($"Could not convert value '{Text.Of(value)}' into type 'bool'"));
        environment.AddFilter("as_number", (value, _) => value is long or double ? value : Literal(value, out var literal) && literal is long or double ? literal : throw JinjaException.Value($"Could not convert value '{Text.Of(value)}' into type 'number'"));
        return environment;
    }

    /// <summary>The value of a text that is a literal of Python.</summary>
    static bool Literal(object? value, out object? literal)
    {
        literal = value;
        if (value is not string text)
        {
            return true;
        }

        var trimmed = text.Trim();
        if (trimmed is not ("True" or "False" or "None") && (trimmed.Length == 0 || !(char.IsAsciiDigit(trimmed[0]) || "-+.[{('\"".Contains(trimmed[0]))))
        {
            return false;
        }

        try
        {
            literal = new JinjaEnvironment().Parse("literal", $"{{{{ {trimmed} }}}}").RenderValue(new Dictionary<string, object?>(StringComparer.Ordinal));
            return literal is not Undefined;
        }
        catch (JinjaException)
        {
            return false;
        }
    }

    /// <summary>Whether a text has anything for a template to do.</summary>
    public static bool HasTemplate(string text) =>
        text.Contains("{{", StringComparison.Ordinal) || text.Contains("{%", StringComparison.Ordinal) || text.Contains("{#", StringComparison.Ordinal)
        || text.Contains("}}", StringComparison.Ordinal) || text.Contains("%}", StringComparison.Ordinal) || text.Contains("#}", StringComparison.Ordinal);
}
