using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Running;

/// <summary>Tables that one transaction replaces. Models write at the same time; what concerns the transaction itself is done by one at a time.</summary>
internal sealed class CatalogPublication(TableTransaction transaction, string scope, IReadOnlyDictionary<string, string> properties) : IPipelinePublication
{
    readonly SemaphoreSlim gate = new(1);

    public async Task<WrittenModel> WriteAsync(DuckDbConnection connection, ParsedModel model, string sql, CancellationToken cancellationToken)
    {
        var identifier = new TableIdentifier(model.Namespace, model.Alias);
        var schema = Documented(await SchemaInference.InferAsync(connection, sql, cancellationToken), model);
        LakeTable table;
        await gate.WaitAsync(cancellationToken);
        try
        {
            var comment = model.Description.Length == 0 ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["comment"] = model.Description };
            table = await transaction.OpenForOverwriteAsync(identifier, schema, comment, cancellationToken);
        }
        finally
        {
            gate.Release();
        }

        var written = await ParquetTableWriter.WriteAsync(connection, sql, transaction.WriteTarget(table), options: null, cancellationToken);
        await gate.WaitAsync(cancellationToken);
        try
        {
            transaction.Overwrite(table, written, properties);
        }
        finally
        {
            gate.Release();
        }

        var scans = written.Select(file => new ScanFile(file, 0, 0, SnapshotId: null, table.Metadata.DefaultSpec, [])).ToArray();
        var relation = await SnapshotRelation.BuildAsync(connection, new ScanTarget(identifier.ToString(), table.Metadata, table.Schema, scans), transaction.Files, cancellationToken);
        return new WrittenModel(written.Sum(file => file.RecordCount), $"SELECT * FROM {relation.Sql}") { Bytes = written.Sum(file => file.FileSizeInBytes), Files = written.Count };
    }

    public async Task<PublicationResult> PublishAsync(IReadOnlyList<string> lineage, CancellationToken cancellationToken)
    {
        transaction.AddLineage(lineage);
        try
        {
            return await transaction.CommitAsync(cancellationToken) switch
            {
                CommitResult.Committed committed => new PublicationResult.Published(committed.CommitId),

                // An earlier attempt of this very run was first: its tables are what this one would have published.
                CommitResult.Conflict { Kind: ConflictKind.Items, Items: [var item, ..] } conflict when conflict.Scope == scope => new PublicationResult.Published(item.CommitId),
                CommitResult.Conflict conflict => new PublicationResult.Refused(conflict.Message),
                CommitResult.Unknown unknown => new PublicationResult.Unknown(unknown.Reason),
                var other => throw new InvalidOperationException($"unknown outcome {other}"),
            };
        }
        catch (LakehouseException error) when (error.IsTransient)
        {
            return new PublicationResult.Unknown(error.Message);
        }
        catch (LakehouseException error)
        {
            return new PublicationResult.Refused(error.Message);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        gate.Dispose();
    }

    /// <summary>The query's columns with the descriptions that the project has for them.</summary>
    static Schema Documented(Schema schema, ParsedModel model) => schema with
    {
        Fields = [.. schema.Fields.Select(field => model.Columns.FirstOrDefault(c => c.Name.Equals(field.Name, StringComparison.OrdinalIgnoreCase)) is { Description.Length: > 0 } column
            ? field with { Doc = column.Description }
            : field)],
    };
}
