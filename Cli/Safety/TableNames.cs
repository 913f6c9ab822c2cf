using System.CommandLine;
using Lakehouse.Formats;

namespace LakeAspire.Cli.Safety;

/// <summary>NAMESPACE.NAME as an argument, and as a route.</summary>
internal static class TableNames
{
    public static readonly Option<string?> Branch = new("--branch") { Description = "Branch. Default: main." };

    public static void Require(Command command, Argument<string> table) => command.Validators.Add(result =>
    {
        if (result.GetValue(table) is { } text && !IsOne(text))
        {
            result.AddError(NoName(text));
        }
    });

    /// <summary>Whether a text is LAYER.TABLE; what holds a dot is quoted.</summary>
    public static bool IsOne(string text) => DottedName.TrySplit(text, out string? _, out _);

    public static string NoName(string text) => $"'{text}' is no LAYER.TABLE.";

    /// <summary><c>api/tables/…/…/what</c>, on a branch.</summary>
    public static Uri Route(string table, string what, string? branch)
    {
        var (space, name) = Parts(table);
        return new Uri($"api/tables/{Uri.EscapeDataString(space)}/{Uri.EscapeDataString(name)}/{what}{Query(branch)}", UriKind.Relative);
    }

    /// <summary>The namespace, as the catalog's routes have it, and the name.</summary>
    public static (string Space, string Name) Parts(string table) =>
        DottedName.TrySplit(table, out string? space, out var name) ? (space, name) : throw LakehouseException.InvalidData(NoName(table));

    public static string Query(string? branch) => branch is null ? "" : $"?branch={Uri.EscapeDataString(branch)}";
}
