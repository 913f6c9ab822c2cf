using System.Text;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Log;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>
/// Reads checkpoints of every kind (PROTOCOL.md, "Checkpoints"): one file or several parts, V1 or V2, JSON or Parquet, with the files that it names. Tombstones are left out: they are there for vacuum alone.
/// </summary>
sealed class CheckpointReader(IParquetReader parquet, CommitReader commits, string tableLocation)
{
    static readonly string[] Kinds = ["protocol", "metaData", "txn", "domainMetadata", "sidecar", "checkpointMetadata"];

    public async Task<CommitContent> ReadAsync(Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var files = new List<PackedFiles>();
        var others = new List<DeltaAction>();
        foreach (var file in checkpoint.Files)
        {
            if (checkpoint.IsJson)
            {
                var content = await commits.ReadAsync(file, cancellationToken);
                files.AddRange(content.Files);
                others.AddRange(content.Others);
            }
            else
            {
                await ReadParquetAsync(file.Location, files, others, cancellationToken);
            }
        }

        foreach (var sidecar in others.OfType<SidecarAction>().ToArray())
        {
            await ReadParquetAsync(Locate(sidecar), files, null, cancellationToken);
        }

        return new CommitContent(files, others);
    }

    /// <summary>A sidecar is named by its file alone, by a path below the table, or by a whole location.</summary>
    string Locate(SidecarAction sidecar) => sidecar.Path.Contains('/', StringComparison.Ordinal)
        ? DeltaPath.Locate(tableLocation, sidecar.Path)
        : DeltaPath.Locate($"{tableLocation}/_delta_log/_sidecars", sidecar.Path);

    async Task ReadParquetAsync(string location, List<PackedFiles> files, List<DeltaAction>? others, CancellationToken cancellationToken)
    {
        var (columns, createdBy) = await parquet.DescribeAsync(location, cancellationToken);
        if (others is not null)
        {
            await ReadOthersAsync(location, columns, others, cancellationToken);
        }

        if (columns.FirstOrDefault(column => column.Name == "add") is { } add && Find(add, "path") is not null)
        {
            await ReadAddsAsync(location, add, createdBy, files, cancellationToken);
        }
    }

    async Task ReadOthersAsync(string location, IReadOnlyList<ParquetColumn> columns, List<DeltaAction> others, CancellationToken cancellationToken)
    {
        var kinds = Kinds.Where(kind => columns.Any(column => column.Name == kind)).ToArray();
        if (kinds.Length == 0)
        {
            return;
        }

        var selected = kinds.Select(kind => new ParquetSelection([kind], ParquetForm.Json)).ToArray();
        await foreach (var batch in parquet.ReadAsync(location, selected, [.. kinds.Select(kind => new[] { kind })], cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    for (var kind = 0; kind < kinds.Length; kind++)
                    {
                        if (!batch.Columns[kind].IsNull(row))
                        {
                            var json = Encoding.UTF8.GetBytes($"{{\"{kinds[kind]}\":{Encoding.UTF8.GetString(batch.Columns[kind].Bytes(row))}}}");
                            others.Add(DeltaActionJson.Read(json, location)!);
                        }
                    }
                }
            }
        }
    }

    async Task ReadAddsAsync(string location, ParquetColumn add, string? createdBy, List<PackedFiles> files, CancellationToken cancellationToken)
    {
        var packer = new AddPacker(location, files, add, WriterRules.CheckpointBoundsCountNan(createdBy));
        await foreach (var batch in parquet.ReadAsync(location, packer.Columns, [["add", "path"]], cancellationToken))
        {
            using (batch)
            {
                packer.Take(batch);
            }
        }

        packer.Complete();
    }

    internal static ParquetColumn? Find(ParquetColumn column, string name) => column.Children.FirstOrDefault(child => child.Name == name);
}
