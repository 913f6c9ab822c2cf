using System.Collections;
using Lakehouse.Formats.Delta.Replay;

namespace Lakehouse.Formats.Delta;

/// <summary>The data files of a version. They are kept packed; each is unpacked when it is enumerated.</summary>
public sealed class DeltaFiles : IReadOnlyCollection<DeltaFile>
{
    readonly string tableLocation;

    internal DeltaFiles(IReadOnlyList<FileBatch> batches, string tableLocation)
    {
        Batches = batches;
        this.tableLocation = tableLocation;
        Count = batches.Sum(batch => batch.Rows.Length);
        foreach (var batch in batches)
        {
            var rows = batch.Files.Rows;
            foreach (var row in batch.Rows)
            {
                TotalSize += rows[row].Size;
            }
        }
    }

    /// <inheritdoc />
    public int Count { get; }

    /// <summary>Bytes of all data files.</summary>
    public long TotalSize { get; }

    internal IReadOnlyList<FileBatch> Batches { get; }

    /// <inheritdoc />
    public IEnumerator<DeltaFile> GetEnumerator()
    {
        foreach (var batch in Batches)
        {
            foreach (var row in batch.Rows)
            {
                yield return Unpack(batch.Files, row);
            }
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal DeltaFile Unpack(PackedFiles files, int row) => new(files, files.Rows[row], tableLocation);
}
