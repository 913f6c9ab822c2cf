using Lakehouse.Sources.Lines;

namespace LakeAspire.Ingest.Receiving;

/// <summary>Looks at content while it passes.</summary>
internal interface IContentInspector : IDisposable
{
    /// <summary>Events so far; null when the text doesn't tell.</summary>
    long? Events { get; }

    /// <summary>Lines so far that are no events.</summary>
    long Faulty { get; }

    void Add(ReadOnlySpan<byte> piece);

    void Complete();
}

/// <summary>NDJSON: each line is looked at.</summary>
internal sealed class NdjsonInspector(int maxLineBytes) : IContentInspector
{
    readonly LineCounter lines = new(maxLineBytes);

    public long? Events => lines.Events;

    public long Faulty => lines.Faulty;

    public void Add(ReadOnlySpan<byte> piece) => lines.Add(piece);

    public void Complete() => lines.Complete();

    public void Dispose() => lines.Dispose();
}

/// <summary>CSV: records after the header are counted. A line feed within quotes ends none. Whether they fit the header, loading tells.</summary>
internal sealed class CsvInspector : IContentInspector
{
    long records;
    bool inQuotes;
    bool hasContent;

    public long? Events => Math.Max(0, records - 1);

    public long Faulty => 0;

    public void Add(ReadOnlySpan<byte> piece)
    {
        foreach (var unit in piece)
        {
            if (unit == (byte)'"')
            {
                inQuotes = !inQuotes;
                hasContent = true;
            }
            else if (unit == (byte)'\n' && !inQuotes)
            {
                End();
            }
            else if (unit != (byte)'\r')
            {
                hasContent = true;
            }
        }
    }

    public void Complete() => End();

    public void Dispose()
    {
    }

    void End()
    {
        records += hasContent ? 1 : 0;
        hasContent = false;
    }
}
