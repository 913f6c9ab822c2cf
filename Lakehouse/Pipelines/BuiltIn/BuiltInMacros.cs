using Lakehouse.Jinja;
using Lakehouse.Pipelines.Context;

namespace Lakehouse.Pipelines.BuiltIn;

/// <summary>The macros that every project has: dbt's built-in package in names, arguments and dispatch, written for the lake.</summary>
internal static class BuiltInMacros
{
    const string Prefix = "Lakehouse.Pipelines.BuiltIn.";

    static readonly Lazy<IReadOnlyList<RegisteredMacro>> Parsed = new(Parse);

    /// <summary>The files: package, path, text.</summary>
    public static IReadOnlyList<(string Package, string Path, string Text)> Files { get; } = [.. typeof(BuiltInMacros).Assembly.GetManifestResourceNames()
        .Where(n => n.StartsWith(Prefix, StringComparison.Ordinal) && n.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(Read)];

    /// <summary>All macros. Parsed once in a process.</summary>
    public static IReadOnlyList<RegisteredMacro> All => Parsed.Value;

    static (string Package, string Path, string Text) Read(string resource)
    {
        using var reader = new StreamReader(typeof(BuiltInMacros).Assembly.GetManifestResourceStream(resource)!);
        var name = resource[Prefix.Length..];
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return (name[..dot], $"macros/{name[(dot + 1)..]}", reader.ReadToEnd());
    }

    static IReadOnlyList<RegisteredMacro> Parse() => [.. Files.SelectMany(f =>
    {
        var template = Templates.Running.Parse(f.Path, f.Text);
        return template.Macros.Select(m => new RegisteredMacro(f.Package, m.Name, new Lazy<JinjaTemplate>(template)));
    })];
}
