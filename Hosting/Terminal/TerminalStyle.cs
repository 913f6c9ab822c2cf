namespace LakeAspire.Hosting.Terminal;

/// <summary>Colour where a person looks on, none in pipes and files, and none when NO_COLOR (no-color.org) asks for that.</summary>
internal sealed class TerminalStyle
{
    readonly bool coloured = !Console.IsOutputRedirected
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
        && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    public string Bold(string text) => Wrap("1", text);

    public string Dim(string text) => Wrap("2", text);

    public string Good(string text) => Wrap("32", text);

    public string Bad(string text) => Wrap("31", text);

    public string Warn(string text) => Wrap("33", text);

    public string Link(string text) => Wrap("36", text);

    string Wrap(string code, string text) => coloured ? $"\e[{code}m{text}\e[0m" : text;
}
