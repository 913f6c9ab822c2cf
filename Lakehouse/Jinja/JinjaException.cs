namespace Lakehouse.Jinja;

/// <summary>What kind of failure a <see cref="JinjaException"/> reports. Closed: callers may switch over it.</summary>
public enum JinjaErrorKind
{
    /// <summary>The template is not valid: found when it is parsed.</summary>
    Syntax,

    /// <summary>Something that does not exist was used in a way that needs it to exist.</summary>
    Undefined,

    /// <summary>A value has the wrong type for an operation.</summary>
    Type,

    /// <summary>A value has the right type but is not acceptable.</summary>
    Value,

    /// <summary>The template did more than the limits of its environment allow.</summary>
    Limit,

    /// <summary>The template tried to reach what is closed to it.</summary>
    Security,

    /// <summary>The template, or a function of the host, raised an error on purpose.</summary>
    Raised,
}

/// <summary>A failure of a template. The message is Jinja's own; the place is in <see cref="Template"/>, <see cref="Line"/> and <see cref="LineText"/>.</summary>
public sealed class JinjaException(JinjaErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure this is.</summary>
    public JinjaErrorKind Kind => kind;

    /// <summary>Name of the template (a file's path) in which it happened; null when no template was being worked on.</summary>
    public string? Template { get; private set; }

    /// <summary>Line in the template, from 1; 0 when unknown.</summary>
    public int Line { get; private set; }

    /// <summary>Text of that line; null when unknown.</summary>
    public string? LineText { get; private set; }

    /// <summary>The message with the place: <c>file:line: message</c>, and the line's text below.</summary>
    public string Describe() =>
        Template is null ? Message : LineText is null ? $"{Template}:{Line}: {Message}" : $"{Template}:{Line}: {Message}\n    {LineText.Trim()}";

    /// <summary>Sets the place unless it is known already: the innermost one wins.</summary>
    internal void Locate(TemplateSource source, int line)
    {
        if (Template is null)
        {
            Template = source.Name;
            Line = line;
            LineText = source.TextOfLine(line);
        }
    }

    /// <summary>An error that shows up while a template is parsed.</summary>
    internal static JinjaException Syntax(string message, TemplateSource source, int line)
    {
        var error = new JinjaException(JinjaErrorKind.Syntax, message);
        error.Locate(source, line);
        return error;
    }

    /// <summary>A value of the wrong type.</summary>
    public static JinjaException Type(string message) => new(JinjaErrorKind.Type, message);

    /// <summary>An unacceptable value.</summary>
    public static JinjaException Value(string message) => new(JinjaErrorKind.Value, message);

    /// <summary>The template asked for more than the limits allow.</summary>
    internal static JinjaException Limit(string message) => new(JinjaErrorKind.Limit, message);
}
