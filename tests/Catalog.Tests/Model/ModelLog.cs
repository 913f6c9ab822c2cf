using System.Collections.Concurrent;

namespace LakeAspire.Catalog.Api.Tests.Model;

/// <summary>What clients know: which commits were acknowledged, which refused, of which nobody told them; and what readers saw.</summary>
internal sealed class ModelLog
{
    /// <summary>Commits by their message, which is unique: the id that the catalog gave.</summary>
    public ConcurrentDictionary<string, long> Acknowledged { get; } = new(StringComparer.Ordinal);

    /// <summary>Commits that the catalog said did not happen.</summary>
    public ConcurrentDictionary<string, bool> Refused { get; } = new(StringComparer.Ordinal);

    /// <summary>Commits whose answer was lost, or said that nobody knows.</summary>
    public ConcurrentDictionary<string, bool> Unknown { get; } = new(StringComparer.Ordinal);

    /// <summary>What readers saw: a state of the lake, a table, and its metadata file; null when the table was not there.</summary>
    public ConcurrentBag<(string Reference, string Table, string? Metadata)> Seen { get; } = [];

    /// <summary>How often each kind of act succeeded.</summary>
    public ConcurrentDictionary<string, int> Acts { get; } = new(StringComparer.Ordinal);

    public void Did(string act) => Acts.AddOrUpdate(act, 1, (_, n) => n + 1);
}
