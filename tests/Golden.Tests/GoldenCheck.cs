using System.Text.Json;
using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Engine.Output;
using Lakehouse.Formats;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Golden.Tests;

/// <summary>Holds a reader against everything that a case says.</summary>
internal sealed class GoldenCheck(IGoldenReader reader, GoldenCase golden) : IDisposable
{
    readonly DuckDbDatabase database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
    readonly TempFolder temp = new();
    readonly List<string> faults = [];

    /// <summary>Reads that agreed.</summary>
    public int Passed { get; private set; }

    public async Task<IReadOnlyList<string>> RunAsync()
    {
        if (golden.Fails is { } reason)
        {
            await MustFailAsync("opening (" + reason + ")", connection => RowsAsync(connection, new GoldenRead(golden, JsonDocument.Parse("{}").RootElement)));
            return faults;
        }

        // Tables about tables are compared where they are made, in the tests of Formats.
        foreach (var read in golden.Reads.Where(read => read.MetadataTable is null))
        {
            await TryAsync(read.Name, connection => ReadAsync(connection, read));
        }

        foreach (var read in golden.FailingReads)
        {
            await MustFailAsync(read.Name, connection => RowsAsync(connection, read));
        }

        foreach (var changes in golden.Changes)
        {
            await TryAsync(changes.Name, connection => ChangesAsync(connection, changes));
        }

        foreach (var changes in golden.FailingChanges)
        {
            await MustFailAsync(changes.Name, async connection => await QueryAsync(connection, (await reader.ChangesAsync(connection, golden, changes))!));
        }

        return faults;
    }

    public void Dispose()
    {
        database.Dispose();
        temp.Dispose();
    }

    async Task<string?> ReadAsync(DuckDbConnection connection, GoldenRead read)
    {
        var (rows, files) = await RowsAsync(connection, read);
        if (GoldenRows.Difference(read.Rows(), rows, [.. read.Computed, .. read.Select.Count > 0 ? SparkOnly(read) : []]) is { } difference)
        {
            return difference;
        }

        return read.Files is { } most && files > most ? $"{files} files are opened, the writer's planner keeps {most}" : null;
    }

    async Task<(IReadOnlyList<JsonElement> Rows, int Files)> RowsAsync(DuckDbConnection connection, GoldenRead read)
    {
        // Spark counts the elements of an array from 0.
        var where = read.Where is { } text ? SparkFilter(text) : null;
        var relation = await reader.ReadAsync(connection, golden, read, where);
        var items = read.Select.Count > 0 ? string.Join(", ", read.Select.Where(item => !IsSparkOnly(item)).Select(SelectItem))
            : read.Columns.Count > 0 ? ColumnItems(read.Columns, [.. (await ColumnsAsync(connection, $"SELECT * FROM {relation.Sql} AS t")).Select(column => column.Name)])
            : "*";
        return (await QueryAsync(connection, $"SELECT {items} FROM {relation.Sql} AS t{(where is null ? "" : " WHERE " + where)}"), relation.Files);
    }

    async Task<string?> ChangesAsync(DuckDbConnection connection, GoldenChanges changes)
    {
        if (await reader.ChangesAsync(connection, golden, changes) is not { } sql)
        {
            return "no change log";
        }

        var columns = string.Join(", ", changes.Columns.Select(column => SqlText.Identifier(column)));
        return GoldenRows.Difference(changes.Rows(), await QueryAsync(connection, $"SELECT {columns} FROM {sql} AS t"), []);
    }

    async Task<IReadOnlyList<JsonElement>> QueryAsync(DuckDbConnection connection, string sql)
    {
        var columns = await ColumnsAsync(connection, sql);
        var path = temp.Below($"{Guid.NewGuid()}.json");
        await connection.ExecuteAsync($"COPY ({PlainJson.Select($"({sql})", columns)}) TO {SqlText.Literal(path)} (FORMAT json)", cancellationToken: TestContext.Current.CancellationToken);
        var rows = GoldenRows.Read(path).ToList();
        File.Delete(path);
        return rows;
    }

    static async Task<IReadOnlyList<ResultColumn>> ColumnsAsync(DuckDbConnection connection, string sql)
    {
        await using var result = await connection.QueryAsync($"SELECT * FROM ({sql}) AS q LIMIT 0", cancellationToken: TestContext.Current.CancellationToken);
        return result.Columns;
    }

    async Task TryAsync(string name, Func<DuckDbConnection, Task<string?>> check)
    {
        try
        {
            using var connection = await ConnectAsync();
            if (await check(connection) is { } fault)
            {
                faults.Add($"{name}: {fault}");
            }
            else
            {
                Passed++;
            }
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Unsupported && error.Message.Contains(" ORC ", StringComparison.Ordinal))
        {
            // Refusing ORC by its name is right.
            Passed++;
        }
        catch (LakehouseException error)
        {
            faults.Add($"{name}: {error.Message}");
        }
    }

    async Task MustFailAsync(string name, Func<DuckDbConnection, Task> read)
    {
        try
        {
            using var connection = await ConnectAsync();
            await read(connection);
            faults.Add($"{name}: must fail and did not");
        }
        catch (LakehouseException error) when (error.Message.Length > 20)
        {
            Passed++;
        }
    }

    async Task<DuckDbConnection> ConnectAsync()
    {
        var connection = database.Connect();
        await connection.ExecuteAsync("SET TimeZone = 'UTC'", cancellationToken: TestContext.Current.CancellationToken);
        return connection;
    }

    // Spark counts from 0, and holds that null is not NaN.
    static string SparkFilter(string text) => FilterText.ToDuckDb(text).Replace("[0]", "[1]", StringComparison.Ordinal).Replace("NOT isnan(d)", "NOT coalesce(isnan(d), false)", StringComparison.Ordinal);

    // A path of a nested field keeps the struct around it.
    static string ColumnItems(IReadOnlyList<string> columns, IReadOnlyList<string> known) => string.Join(", ", columns
        .Select(column => known.Contains(column) || !column.Contains('.', StringComparison.Ordinal) ? (Top: column, Field: null) : (Top: column[..column.IndexOf('.')], Field: (string?)column[(column.IndexOf('.') + 1)..]))
        .GroupBy(column => column.Top)
        .Select(top => top.First().Field is null
            ? SqlText.Identifier(top.Key)
            : $"CASE WHEN {SqlText.Identifier("t", top.Key)} IS NOT NULL THEN struct_pack({string.Join(", ", top.Select(column => $"{SqlText.Identifier(column.Field!)} := {SqlText.Identifier("t", top.Key)}.{SqlText.Identifier(column.Field!)}"))}) END AS {SqlText.Identifier(top.Key)}"));

    // Of a variant Spark writes its type and picks members; what is compared is the value.
    static IEnumerable<string> SparkOnly(GoldenRead read) => read.Select.Where(IsSparkOnly).Select(item => item[(item.LastIndexOf(" as ", StringComparison.OrdinalIgnoreCase) + 4)..]);

    static bool IsSparkOnly(string item) => item.Contains("schema_of_variant", StringComparison.Ordinal) || item.Contains("try_variant_get", StringComparison.Ordinal);

    static string SelectItem(string item) => item switch
    {
        "_metadata.row_id as _row_id" => "_row_id",
        "_metadata.row_commit_version as _row_commit_version" => "_row_commit_version",
        "*" => "* EXCLUDE (_row_id, _row_commit_version)",
        _ when item.StartsWith("to_json(", StringComparison.Ordinal) => item.Replace("to_json(", "(", StringComparison.Ordinal).Replace("[0]", "[1]", StringComparison.Ordinal),
        _ => FilterText.ToDuckDb(item),
    };
}
