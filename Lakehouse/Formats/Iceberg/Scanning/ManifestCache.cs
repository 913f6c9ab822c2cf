using System.Diagnostics.CodeAnalysis;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Manifests and manifest lists of one store that were read before, kept as columns, by their locations: files of a table never change. Bounded in bytes; what was used longest ago gives way. For any number of tables and callers at once.
/// </summary>
/// <param name="capacity">Bytes of memory that it may take, about.</param>
public sealed class ManifestCache(long capacity)
{
    // One file that would push out most others is read anew each time.
    private const int LeastShare = 4;

    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<Item>> items = new(StringComparer.Ordinal);
    private readonly LinkedList<Item> byUse = new();
    private long size;

    /// <summary>Bytes that its contents take, about.</summary>
    public long Size
    {
        get
        {
            lock (gate)
            {
                return size;
            }
        }
    }

    internal long LargestItem { get; } = capacity / LeastShare;

    internal bool TryGet<T>(string location, [NotNullWhen(true)] out T? value)
        where T : class
    {
        value = null;
        lock (gate)
        {
            if (items.TryGetValue(location, out var node) && node.Value.Value is T found)
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
                value = found;
            }
        }

        return value is not null;
    }

    internal void Put(string location, object value, long bytes)
    {
        if (bytes > LargestItem)
        {
            return;
        }

        lock (gate)
        {
            if (items.Remove(location, out var old))
            {
                byUse.Remove(old);
                size -= old.Value.Bytes;
            }

            items[location] = byUse.AddFirst(new Item(location, value, bytes));
            size += bytes;
            while (size > capacity && byUse.Last is { } last)
            {
                byUse.RemoveLast();
                items.Remove(last.Value.Location);
                size -= last.Value.Bytes;
            }
        }
    }

    private sealed record Item(string Location, object Value, long Bytes);
}
