using System.Globalization;
using Lakehouse.Engine.Results;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.IO;

namespace Lakehouse.Engine.Delta;

/// <summary>The change data feed of a Delta table as SQL: the table's columns with <c>_change_type</c>, <c>_commit_version</c> and <c>_commit_timestamp</c> (PROTOCOL.md, "Reader Requirements for AddCDCFile").</summary>
public static class DeltaChangeRelation
{
    static readonly (string Name, string Type)[] Columns = [("_change_type", "VARCHAR"), ("_commit_version", "BIGINT"), ("_commit_timestamp", "TIMESTAMPTZ")];

    /// <summary>Makes the relation; see <see cref="DeltaRelation.BuildAsync(DuckDbConnection, IObjectStore, DeltaScan, ILocalFiles, CancellationToken)"/>.</summary>
    /// <param name="connection">A trusted connection; looks into files.</param>
    /// <param name="store">Where deletion vectors lie.</param>
    /// <param name="changes">The changes.</param>
    /// <param name="localFiles">Gives the local files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">Unsupported or InvalidData, naming what.</exception>
    public static async Task<DeltaRelation> BuildAsync(DuckDbConnection connection, IObjectStore store, DeltaChanges changes, ILocalFiles localFiles, CancellationToken cancellationToken = default)
    {
        var rows = await RowsAsync(connection, changes, localFiles, cancellationToken);
        var parts = changes.Files.Select(change => new DeltaPart(change.File, Extra(change))
        {
            Only = change.Only,
            Without = change.Without,
            Rows = change.Only is null ? 0 : rows[change.File.Location],
        });
        return await DeltaRelation.BuildAsync(connection, store, new DeltaScan(changes.Snapshot, []), [.. parts], Columns, localFiles, cancellationToken);
    }

    static string?[] Extra(DeltaChangeFile change) =>
    [
        change.Kind switch { DeltaChangeKind.Insert => "'insert'", DeltaChangeKind.Delete => "'delete'", _ => null },
        $"CAST({SqlText.Literal(change.Version)} AS BIGINT)",
        $"make_timestamptz({((change.Time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture)})",
    ];

    /// <summary>Rows of the files of which only those of a vector are read.</summary>
    static async Task<Dictionary<string, long>> RowsAsync(DuckDbConnection connection, DeltaChanges changes, ILocalFiles localFiles, CancellationToken cancellationToken)
    {
        var locations = changes.Files.Where(change => change.Only is not null).Select(change => change.File.Location).Distinct(StringComparer.Ordinal).ToArray();
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        if (locations.Length == 0)
        {
            return rows;
        }

        var paths = await localFiles.PathsAsync(locations, cancellationToken);
        var locationOf = paths.Zip(locations).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        await using var result = await connection.QueryAsync($"SELECT file_name, CAST(num_rows AS BIGINT) FROM parquet_file_metadata({SqlText.Literal(paths)})", cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows[locationOf[Scalars.Get<string>(batch.Columns[0], row)!]] = Scalars.Get<long>(batch.Columns[1], row);
                }
            }
        }

        return rows;
    }
}
