using System.Text;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Replay;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Delta;

/// <summary>The changed rows of one commit.</summary>
sealed class CommitChanges(DeltaSnapshot snapshot, long version, DateTimeOffset time)
{
    public IEnumerable<DeltaChangeFile> Of(CommitContent content)
    {
        var recorded = content.Others.OfType<AddCdcFile>().ToArray();
        return recorded.Length > 0 ? recorded.Select(Recorded) : Inferred(content);
    }

    DeltaChangeFile Recorded(AddCdcFile cdc)
    {
        var path = Encoding.UTF8.GetBytes(cdc.Path);
        var partition = JsonText.Write(json => ActionWriter.Texts(json, cdc.PartitionValues));
        var packed = new PackedFiles([.. path, .. partition], snapshot.Location);
        packed.Add(new PackedFile { Path = new Range32(0, path.Length), Partition = new Range32(path.Length, partition.Length), Stats = Range32.Null, Size = cdc.Size, BaseRowId = PackedFile.None, DefaultRowCommitVersion = PackedFile.None });
        return new DeltaChangeFile(new DeltaFile(packed, packed.Rows[0], snapshot.Location), DeltaChangeKind.Recorded, version, time, null, null);
    }

    /// <summary>A file that is added and removed at once has only another vector: rows of the new one that were not in the old are deleted, and the other way round.</summary>
    IEnumerable<DeltaChangeFile> Inferred(CommitContent content)
    {
        var added = Files(content, isRemove: false);
        var removed = Files(content, isRemove: true);
        foreach (var (key, file) in removed)
        {
            if (!added.TryGetValue(key, out var again))
            {
                yield return new DeltaChangeFile(WithPartition(file), DeltaChangeKind.Delete, version, time, null, file.DeletionVector);
            }
            else if (again.DeletionVector is { } now && now.UniqueId != file.DeletionVector?.UniqueId)
            {
                yield return new DeltaChangeFile(again, DeltaChangeKind.Delete, version, time, now, file.DeletionVector);
            }
        }

        foreach (var (key, file) in added)
        {
            if (!removed.TryGetValue(key, out var before))
            {
                yield return new DeltaChangeFile(file, DeltaChangeKind.Insert, version, time, null, file.DeletionVector);
            }
            else if (before.DeletionVector is { } then && then.UniqueId != file.DeletionVector?.UniqueId)
            {
                yield return new DeltaChangeFile(file, DeltaChangeKind.Insert, version, time, then, file.DeletionVector);
            }
        }
    }

    Dictionary<string, DeltaFile> Files(CommitContent content, bool isRemove)
    {
        var files = new Dictionary<string, DeltaFile>(StringComparer.Ordinal);
        foreach (var packed in content.Files)
        {
            foreach (ref readonly var row in packed.Rows)
            {
                if (row.IsRemove == isRemove && row.DataChange)
                {
                    files[Encoding.UTF8.GetString(DeltaPath.Key(packed.Path(row)))] = new DeltaFile(packed, row, snapshot.Location);
                }
            }
        }

        return files;
    }

    /// <summary>Writers may leave partition values out of what they remove; then the deleted rows cannot be told whole.</summary>
    DeltaFile WithPartition(DeltaFile removed) => snapshot.PartitionColumns.Count == 0 || removed.PartitionValues.Count > 0
        ? removed
        : throw LakehouseException.Unsupported($"Unsupported: version {version} of table {snapshot.Location} removes {removed.Path} without its partition values, so its deleted rows are not known.");
}
