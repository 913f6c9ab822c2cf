using System.Globalization;
using Lakehouse.Engine.Results;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Engine.Publishing;

/// <summary>
/// Writes checkpoints of Delta logs by DuckDB, in one statement over the earlier checkpoint and the commits after it: of each logical file (path and deletion vector), application and domain the
/// newest action counts, and of protocol and metadata the newest one (PROTOCOL.md, "Action Reconciliation").
/// </summary>
/// <param name="store">Where the log lies.</param>
/// <param name="localFiles">Gives local paths of its files.</param>
/// <param name="scratch">Folder in which the checkpoint is written before it is put in its place.</param>
/// <param name="options">Settings of the database that does it.</param>
public sealed class CheckpointWriter(IObjectStore store, ILocalFiles localFiles, string scratch, DuckDbOptions? options = null) : ICheckpointWriter
{
    // PROTOCOL.md, "Checkpoint Schema"; a remove has neither stats nor tags there.
    const string Map = "MAP(VARCHAR, VARCHAR)";
    const string Vector = "STRUCT(storageType VARCHAR, pathOrInlineDv VARCHAR, \"offset\" INTEGER, sizeInBytes INTEGER, cardinality BIGINT)";
    static readonly (string Name, string Type)[] Columns =
    [
        ("txn", "STRUCT(appId VARCHAR, \"version\" BIGINT, lastUpdated BIGINT)"),
        ("add", $"STRUCT(path VARCHAR, partitionValues {Map}, size BIGINT, modificationTime BIGINT, dataChange BOOLEAN, stats VARCHAR, tags {Map}, deletionVector {Vector}, baseRowId BIGINT, defaultRowCommitVersion BIGINT, clusteringProvider VARCHAR)"),
        ("remove", $"STRUCT(path VARCHAR, deletionTimestamp BIGINT, dataChange BOOLEAN, extendedFileMetadata BOOLEAN, partitionValues {Map}, size BIGINT, deletionVector {Vector}, baseRowId BIGINT, defaultRowCommitVersion BIGINT)"),
        ("metaData", $"STRUCT(id VARCHAR, \"name\" VARCHAR, description VARCHAR, format STRUCT(provider VARCHAR, options {Map}), schemaString VARCHAR, partitionColumns VARCHAR[], createdTime BIGINT, configuration {Map})"),
        ("protocol", "STRUCT(minReaderVersion INTEGER, minWriterVersion INTEGER, readerFeatures VARCHAR[], writerFeatures VARCHAR[])"),
        ("domainMetadata", "STRUCT(\"domain\" VARCHAR, configuration VARCHAR, removed BOOLEAN)"),
    ];

    /// <inheritdoc />
    public async Task<CheckpointSize> WriteAsync(CheckpointRequest request, CancellationToken cancellationToken = default)
    {
        var paths = await localFiles.PathsAsync(request.Previous is null ? request.Commits : [request.Previous, .. request.Commits], cancellationToken);
        Directory.CreateDirectory(scratch);
        var file = Path.Combine(scratch, $"{Guid.CreateVersion7():N}.checkpoint.parquet");
        try
        {
            using var database = DuckDbDatabase.Open(options);
            using var connection = database.Connect();
            await connection.ExecuteAsync(Copy(request, paths, file), cancellationToken: cancellationToken);
            var size = await SizeAsync(connection, file, cancellationToken);
            await using var content = File.OpenRead(file);
            await store.PutAsync(request.Location, content, cancellationToken);
            return size;
        }
        finally
        {
            File.Delete(file);
        }
    }

    static string Copy(CheckpointRequest request, IReadOnlyList<string> paths, string file)
    {
        var names = string.Join(", ", Columns.Select(column => SqlText.Identifier(column.Name)));
        var commits = request.Previous is null ? paths : paths.Skip(1).ToList();

        // The place of an action: number of its commit, and of its line in it. Those of the earlier checkpoint come first.
        var sources = new List<string>();
        if (request.Previous is not null)
        {
            sources.Add($"SELECT -1 AS commit, 0 AS line, {names} FROM read_parquet({SqlText.Literal(paths[0])})");
        }

        if (commits.Count > 0)
        {
            var types = string.Join(", ", Columns.Select(column => $"{SqlText.Literal(column.Name)}: {SqlText.Literal(column.Type)}"));
            sources.Add($"""
                SELECT list_position({SqlText.Literal(commits)}, filename) AS commit, row_number() OVER () AS line, {names}
                FROM read_json({SqlText.Literal(commits)}, format = 'newline_delimited', filename = true, maximum_object_size = 1073741824, columns = {"{"}{types}{"}"})
                """);
        }

        return $"""
            COPY (
              WITH actions AS ({string.Join(" UNION ALL ", sources)}),
              keyed AS (
                SELECT *, CASE WHEN protocol IS NOT NULL THEN 'p' WHEN "metaData" IS NOT NULL THEN 'm' WHEN txn IS NOT NULL THEN 't' || txn.appId WHEN "domainMetadata" IS NOT NULL THEN 'd' || "domainMetadata"."domain"
                  ELSE 'f' || coalesce("add".path, "remove".path) || chr(10) || {Id("add")} || {Id("remove")} END AS key
                FROM actions
                WHERE protocol IS NOT NULL OR "metaData" IS NOT NULL OR txn IS NOT NULL OR "domainMetadata" IS NOT NULL OR "add" IS NOT NULL OR "remove" IS NOT NULL
              ),
              newest AS (SELECT * FROM keyed QUALIFY row_number() OVER (PARTITION BY key ORDER BY commit DESC, line DESC) = 1)
              SELECT txn, {Quiet("add")}, {Quiet("remove")}, "metaData", protocol, "domainMetadata" FROM newest
              WHERE ("remove" IS NULL OR coalesce("remove".deletionTimestamp, 0) >= {request.RemovedBefore.ToString(CultureInfo.InvariantCulture)}) AND coalesce("domainMetadata".removed, false) = false
              ORDER BY "add" IS NOT NULL, "remove" IS NOT NULL
            ) TO {SqlText.Literal(file)} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000)
            """;
    }

    /// <summary>The unique id of a deletion vector, empty without.</summary>
    static string Id(string action) =>
        $"coalesce(\"{action}\".\"deletionVector\".\"storageType\" || \"{action}\".\"deletionVector\".\"pathOrInlineDv\" || coalesce('@' || \"{action}\".\"deletionVector\".\"offset\", ''), '')";

    /// <summary>In a checkpoint no file action is a change of data.</summary>
    static string Quiet(string action) => $"CASE WHEN \"{action}\" IS NULL THEN NULL ELSE struct_update(\"{action}\", \"dataChange\" := false) END AS \"{action}\"";

    static async Task<CheckpointSize> SizeAsync(DuckDbConnection connection, string file, CancellationToken cancellationToken)
    {
        await using var result = await connection.QueryAsync($"SELECT count(*), count(\"add\") FROM read_parquet({SqlText.Literal(file)})", cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                if (batch.RowCount > 0)
                {
                    return new CheckpointSize(Scalars.Get<long>(batch.Columns[0], 0), Scalars.Get<long>(batch.Columns[1], 0), new FileInfo(file).Length);
                }
            }
        }

        throw LakehouseException.InvalidData($"{file}: the checkpoint cannot be read back");
    }
}
