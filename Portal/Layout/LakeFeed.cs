using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Layout;

/// <summary>What the frame of every page shows and most pages use: the tables. Fetched once for a tab, by the frame.</summary>
internal sealed class LakeFeed(LakeApi api)
{
    public event Action? Changed;

    /// <summary>Null until they came for the first time.</summary>
    public IReadOnlyList<TableEntry>? Tables { get; private set; }

    public LakeException? Error { get; private set; }

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await api.TablesAsync(cancellationToken);
            Tables = [.. answer.Tables.OrderBy(table => Layers.Rank(table.Namespace)).ThenBy(table => table.Namespace, StringComparer.Ordinal).ThenBy(table => table.Name, StringComparer.Ordinal)];
            Error = null;
        }
        catch (LakeException exception)
        {
            Error = exception;
        }

        Changed?.Invoke();
    }
}

/// <summary>The layers in the way of the data.</summary>
internal static class Layers
{
    public static readonly string[] Known = ["bronze", "silver", "gold"];

    /// <summary>Bronze, silver, gold, then all others.</summary>
    public static int Rank(string layer) => Array.IndexOf(Known, layer) is var rank and >= 0 ? rank : Known.Length;

    /// <summary>The class that colours a layer.</summary>
    public static string CssClass(string layer) => Rank(layer) < Known.Length ? "layer-" + layer : "layer-other";

    public static bool IsQuarantine(string table) => table.EndsWith("__quarantine", StringComparison.Ordinal);
}
