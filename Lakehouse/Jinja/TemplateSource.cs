namespace Lakehouse.Jinja;

/// <summary>The text of a template with its name: newlines are single line feeds, and one at the very end is dropped, as Jinja does.</summary>
internal sealed class TemplateSource
{
    readonly string[] lines;

    public TemplateSource(string name, string text)
    {
        Name = name;
        var normal = text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        Text = normal.EndsWith('\n') ? normal[..^1] : normal;
        lines = Text.Split('\n');
    }

    public string Name { get; }

    public string Text { get; }

    public string? TextOfLine(int line) => line >= 1 && line <= lines.Length ? lines[line - 1] : null;
}
