using System.Runtime.CompilerServices;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.IO;

namespace Lakehouse.Engine.Delta;

/// <summary>Reads metadata in Parquet files, such as checkpoints, with DuckDB.</summary>
/// <param name="files">Gives the local files.</param>
public sealed class DuckDbParquetReader(ILocalFiles files) : IParquetReader, IDisposable
{
    // Many tables have no checkpoint, and need no database to be opened.
    readonly Lazy<DuckDbDatabase> database = new(() => DuckDbDatabase.Open());

    /// <inheritdoc />
    public void Dispose()
    {
        if (database.IsValueCreated)
        {
            database.Value.Dispose();
        }
    }

    /// <inheritdoc />
    public async Task<ParquetDescription> DescribeAsync(string location, CancellationToken cancellationToken = default)
    {
        var path = await PathAsync(location, cancellationToken);
        using var connection = Connect();
        try
        {
            var schemas = await ParquetNode.ReadAsync(connection, [path], cancellationToken);
            var createdBy = await connection.ScalarAsync<string>($"SELECT created_by FROM parquet_file_metadata({SqlText.Literal(path)})", cancellationToken: cancellationToken);
            return new ParquetDescription([.. schemas.Values.Single().Children.Select(Column)], createdBy);
        }
        catch (EngineException error) when (error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory))
        {
            throw Broken(location, error);
        }
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<ColumnBatch> ReadAsync(
        string location, IReadOnlyList<ParquetSelection> columns, IReadOnlyList<IReadOnlyList<string>> anyOf, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var path = await PathAsync(location, cancellationToken);
        using var connection = Connect();
        var where = anyOf.Count == 0 ? "" : $" WHERE {string.Join(" OR ", anyOf.Select(column => $"{Reference(column)} IS NOT NULL"))}";
        var types = columns.Any(column => column.Form == ParquetForm.JsonOfTexts) ? await TypesAsync(connection, path, location, cancellationToken) : null;
        var items = columns.Select(column => Item(column, types));
        var sql = $"SELECT {string.Join(", ", items)} FROM read_parquet({SqlText.Literal(path)}, hive_partitioning = false){where}";
        await using var result = await StartAsync(connection, sql, location, cancellationToken);
        await using var batches = result.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(batches, location))
        {
            yield return batches.Current;
        }
    }

    static string Item(ParquetSelection column, IReadOnlyDictionary<string, ParquetNode>? nodes)
    {
        var value = Reference(column.Path);
        return column.Form switch
        {
            ParquetForm.Text => $"CAST({value} AS VARCHAR)",
            ParquetForm.Long => $"CAST({value} AS BIGINT)",
            ParquetForm.Json => $"CAST(to_json({value}) AS VARCHAR)",
            _ => $"CAST(to_json(CAST({value} AS {TextType(column.Path.Aggregate(nodes!.Values.Single(), (node, name) => node.Children.First(child => child.Name == name)))})) AS VARCHAR)",
        };
    }

    /// <summary>The type with every single value as a text. What statistics hold besides structs, such as maps and lists, has no bounds and is left as text too.</summary>
    static string TextType(ParquetNode node) =>
        node.Children.Count == 0 || node.Children.Any(child => child.Name is "list" or "key_value" or "bag" or "array") ? "VARCHAR" : $"STRUCT({string.Join(", ", node.Children.Select(child => $"{SqlText.Identifier(child.Name)} {TextType(child)}"))})";

    static string Reference(IReadOnlyList<string> path) => path.Skip(1).Aggregate(SqlText.Identifier(path[0]), (inner, name) => $"struct_extract({inner}, {SqlText.Literal(name)})");

    static ParquetColumn Column(ParquetNode node) => new(node.Name, [.. node.Children.Select(Column)]);

    static async Task<IReadOnlyDictionary<string, ParquetNode>> TypesAsync(DuckDbConnection connection, string path, string location, CancellationToken cancellationToken)
    {
        try
        {
            return await ParquetNode.ReadAsync(connection, [path], cancellationToken);
        }
        catch (EngineException error) when (error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory))
        {
            throw Broken(location, error);
        }
    }

    static async Task<DuckDbResult> StartAsync(DuckDbConnection connection, string sql, string location, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.QueryAsync(sql, cancellationToken: cancellationToken);
        }
        catch (EngineException error) when (error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory))
        {
            throw Broken(location, error);
        }
    }

    static async Task<bool> NextAsync(IAsyncEnumerator<ColumnBatch> batches, string location)
    {
        try
        {
            return await batches.MoveNextAsync();
        }
        catch (EngineException error) when (error.EngineKind is not (EngineErrorKind.Interrupted or EngineErrorKind.OutOfMemory))
        {
            throw Broken(location, error);
        }
    }

    DuckDbConnection Connect() => database.Value.Connect();

    async Task<string> PathAsync(string location, CancellationToken cancellationToken) => (await files.PathsAsync([location], cancellationToken))[0];

    static LakehouseException Broken(string location, EngineException error) => LakehouseException.InvalidData($"{location}: cannot be read as Parquet: {error.Message}", error);
}
