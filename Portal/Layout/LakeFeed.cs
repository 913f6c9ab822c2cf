using LakeAspire.Portal.Access;
using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Layout;

/// <summary>What the frame of every page shows and most pages use: who is there, and the tables. Fetched once for a tab, by the frame.</summary>
internal sealed class LakeFeed(LakeApi api, AccessApi access, TimeProvider time)
{
    static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(6);
    long knownSince;

    public event Action? Changed;

    /// <summary>Null until they came for the first time.</summary>
    public IReadOnlyList<TableEntry>? Tables { get; private set; }

    public LakeException? Error { get; private set; }

    /// <summary>Who is at the browser; null until it is known.</summary>
    public Me? Me { get; private set; }

    /// <summary>Whether there is a pipeline to see.</summary>
    public bool HasPipelines { get; private set; } = true;

    /// <summary>Whether the person sees the whole of main.</summary>
    public bool SeesAll => May("describe");

    /// <summary>Whether the person may do something with the whole of main. The services decide; this is for what is offered.</summary>
    public bool May(string privilege) => Me?.Privileges.Contains(privilege) ?? false;

    /// <summary>Whether there is anything to look at, on whatever branch; so it is taken to be until it is known.</summary>
    public bool SeesSomething => Me is null or { HasGrants: true } || Tables is null or { Count: > 0 };

    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (Me is null || time.GetElapsedTime(knownSince) > KnownFor)
            {
                var me = await access.MeAsync(cancellationToken);
                HasPipelines = me.Privileges.Contains("describe") || (await api.ProjectsAsync(cancellationToken)).Projects.Count > 0;
                (Me, knownSince) = (me, time.GetTimestamp());
            }

            Tables = Sorted((await api.TablesAsync(cancellationToken)).Tables);
            Error = null;
        }
        catch (LakeException exception)
        {
            Error = exception;
        }

        Changed?.Invoke();
    }

    /// <summary>Tables in the way of the data.</summary>
    public static IReadOnlyList<TableEntry> Sorted(IEnumerable<TableEntry> tables) =>
        [.. tables.OrderBy(table => Layers.Rank(table.Namespace)).ThenBy(table => table.Namespace, StringComparer.Ordinal).ThenBy(table => table.Name, StringComparer.Ordinal)];
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
