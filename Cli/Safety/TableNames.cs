using System.CommandLine;

namespace LakeAspire.Cli.Safety;

/// <summary>NAMESPACE.NAME as an argument, and as a route.</summary>
internal static class TableNames
{
    public static readonly Option<string?> Branch = new("--branch") { Description = "Branch. Default: main." };

    public static void Require(Command command, Argument<string> table) => command.Validators.Add(result =>
    {
        if (result.GetValue(table) is { } text && (text.LastIndexOf('.') is var dot) && (dot <= 0 || dot == text.Length - 1))
        {
            result.AddError($"'{text}' is no LAYER.TABLE.");
        }
    });

    /// <summary><c>api/tables/…/…/what</c>, on a branch.</summary>
    public static Uri Route(string table, string what, string? branch)
    {
        var dot = table.LastIndexOf('.');
        return new Uri($"api/tables/{Uri.EscapeDataString(table[..dot])}/{Uri.EscapeDataString(table[(dot + 1)..])}/{what}{Query(branch)}", UriKind.Relative);
    }

    public static string Query(string? branch) => branch is null ? "" : $"?branch={Uri.EscapeDataString(branch)}";
}
