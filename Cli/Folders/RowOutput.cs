using System.Globalization;
using System.Text.Json;
using LakeAspire.Cli.Terminal;
using Lakehouse.Engine;
using Lakehouse.Engine.Output;

namespace LakeAspire.Cli.Folders;

/// <summary>Where rows go.</summary>
/// <param name="File">A file; null = standard output.</param>
/// <param name="Json">An object a line on standard output, rather than a table to read.</param>
/// <param name="Limit">Rows at most.</param>
/// <param name="Facts">What to say besides the rows.</param>
internal sealed record RowOutputOptions(FileInfo? File, bool Json, long? Limit, string Facts);

/// <summary>Rows of a query to a file or to standard output. The engine writes them; here they only pass by.</summary>
internal static class RowOutput
{
    public const int TableRows = 100;

    public static async Task WriteAsync(DuckDbConnection connection, string select, RowOutputOptions options, CancellationToken cancellationToken)
    {
        var limit = options.Limit ?? (options.File is null && !options.Json ? TableRows + 1 : null);
        var limited = limit is { } rows ? $"{select} LIMIT {rows.ToString(CultureInfo.InvariantCulture)}" : select;
        if (options.File is { } file)
        {
            var count = await CopyAsync(connection, limited, file.FullName, FormatOf(file.Extension)!, cancellationToken);
            await Console.Error.WriteLineAsync($"({Texts.Plural(count, "row")} written to {file.Name}; {options.Facts})");
            return;
        }

        var aside = Path.Combine(Path.GetTempPath(), $"lake-{Guid.NewGuid():N}.json");
        try
        {
            var count = await CopyAsync(connection, limited, aside, "json", cancellationToken);
            if (options.Json)
            {
                await using var written = File.OpenRead(aside);
                await using var output = Console.OpenStandardOutput();
                await written.CopyToAsync(output, cancellationToken);
                return;
            }

            var columns = await ColumnsAsync(connection, select, cancellationToken);
            var more = options.Limit is null && count > TableRows;
            var shown = TextTable.Write(Consoles.Out, [.. columns.Select(column => new TextColumn(column.Name, IsNumber(column.DuckDbType)))], [.. Rows(aside).Take(options.Limit is null ? TableRows : int.MaxValue)]);
            var facts = new List<string> { more ? $"the first {Texts.Plural(TableRows, "row")} (more with --limit, all with --json or --output)" : Texts.Plural(count, "row"), options.Facts };
            if (shown < columns.Count)
            {
                facts.Add($"{Texts.Plural(columns.Count - shown, "column")} left out: widen the terminal, or use --json");
            }

            await Console.Error.WriteLineAsync($"({string.Join("; ", facts)})");
        }
        finally
        {
            File.Delete(aside);
        }
    }

    public static async Task<IReadOnlyList<ResultColumn>> ColumnsAsync(DuckDbConnection connection, string select, CancellationToken cancellationToken)
    {
        await using var result = await connection.QueryAsync($"SELECT * FROM (\n{select}\n) AS q LIMIT 0", cancellationToken: cancellationToken);
        return result.Columns;
    }

    public static string? FormatOf(string extension) => extension.ToLowerInvariant() switch
    {
        ".csv" => "csv",
        ".json" or ".ndjson" or ".jsonl" => "json",
        ".parquet" => "parquet",
        _ => null,
    };

    static async Task<long> CopyAsync(DuckDbConnection connection, string select, string path, string format, CancellationToken cancellationToken)
    {
        var query = format == "parquet" ? select : PlainJson.Select($"(\n{select}\n)", await ColumnsAsync(connection, select, cancellationToken));
        var aside = Path.Combine(Path.GetDirectoryName(path)!, $".{Path.GetFileName(path)}.{Path.GetRandomFileName()}");
        try
        {
            var options = format == "csv" ? "FORMAT csv, HEADER" : format == "json" ? "FORMAT json" : "FORMAT parquet, COMPRESSION zstd";
            var rows = await connection.ExecuteAsync($"COPY (\n{query}\n) TO {SqlText.Literal(aside)} ({options})", cancellationToken: cancellationToken);
            File.Move(aside, path, overwrite: true);
            return rows;
        }
        finally
        {
            File.Delete(aside);
        }
    }

    static IEnumerable<string?[]> Rows(string path)
    {
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            using var row = JsonDocument.Parse(line);
            yield return [.. row.RootElement.EnumerateObject().Select(member => Text(member.Value))];
        }
    }

    static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };

    static bool IsNumber(string type) => type.Split('(', ' ')[0] is "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "HUGEINT" or "DECIMAL" or "FLOAT" or "DOUBLE" && !type.EndsWith(']');
}
