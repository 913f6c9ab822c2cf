using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>
/// <c>POST /sql</c>. Knows: a count by day, <c>select * from layer.table [limit n]</c>, <c>range(n)</c>, <c>select 'text'</c>-like constants, <c>slow</c> (answers when cancelled), <c>broken</c> (breaks off
/// in the middle); anything with <c>selec </c> or an unknown table fails as the real one does.
/// </summary>
internal static partial class FakeQuery
{
    sealed record Result(IReadOnlyList<(string Name, string Type)> Columns, IEnumerable<object?[]> Rows);

    public static long EventsOf(int day) => 17_000 + (4_700 * ((day * 7) % 5)) + (day % 7 is 5 or 6 ? 6_200 : 0) + (day * 31);

    public static void Map(WebApplication app, FakeState state) => app.MapPost("/sql", context => AnswerAsync(context, state));

    static async Task AnswerAsync(HttpContext context, FakeState state)
    {
        using var reader = new StreamReader(context.Request.Body);
        var sql = await reader.ReadToEndAsync(context.RequestAborted);
        state.Queries[sql] = true;
        state.QueryStrings.Add(context.Request.QueryString.Value ?? "");
        if (context.Request.Query["explain"] == "true")
        {
            var branch = context.Request.Query["branch"].ToString() is { Length: > 0 } named ? named : "main";
            await (context.Request.Headers.Accept.ToString().Contains("text/plain", StringComparison.Ordinal)
                ? Results.Text($"branch {branch} at commit 7, as user\ntable gold.customer_360\n  snapshot 42\n  files 1 of 3\n")
                : Results.Json(new { branch, commit = 7, principal = "user", tables = Array.Empty<object>(), views = Array.Empty<object>() })).ExecuteAsync(context);
            return;
        }

        if (sql.Contains("slow", StringComparison.Ordinal))
        {
            try
            {
                await Task.Delay(TimeSpan.FromMinutes(2), context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref state.Cancelled);
            }

            return;
        }

        var (result, problem) = Run(sql, state);
        if (problem is not null)
        {
            await problem.ExecuteAsync(context);
            return;
        }

        var max = long.TryParse(context.Request.Headers["Lake-Max-Rows"], CultureInfo.InvariantCulture, out var asked) ? asked : 1_000_000;
        var rows = result!.Rows.Take((int)Math.Min(int.MaxValue, max)).ToList();
        var truncated = result.Rows.Skip(rows.Count).Any();
        await WriteAsync(context, result, rows, truncated, sql.Contains("broken", StringComparison.Ordinal));
    }

    static (Result?, IResult?) Run(string sql, FakeState state)
    {
        if (sql.Contains("selec ", StringComparison.OrdinalIgnoreCase))
        {
            return (null, Answers.Problem(400, "syntax error at or near \"selec\"\nLINE 1: " + sql.Split('\n')[0] + "\n        ^", "SqlSyntaxException"));
        }

        if (RangeCall().Match(sql) is { Success: true } range)
        {
            var count = long.Parse(range.Groups["count"].Value, CultureInfo.InvariantCulture);
            return (new Result([("range", "BIGINT"), ("label", "VARCHAR")], Enumerable.Range(0, (int)count).Select(i => new object?[] { (long)i, $"row {i}" })), null);
        }

        if (TableName().Match(sql) is { Success: true } from)
        {
            var (ns, name) = (from.Groups["layer"].Value, from.Groups["table"].Value);
            var table = state.Tables.FirstOrDefault(candidate => candidate.Namespace == ns && candidate.Name == name);
            if (table is null)
            {
                return (null, Answers.Problem(400, $"Table {ns}.{name} does not exist. Known tables of {ns}: {string.Join(", ", state.Tables.Where(t => t.Namespace == ns).Select(t => t.Name))}", "NoSuchTableException"));
            }

            if (sql.Contains("count(*)", StringComparison.OrdinalIgnoreCase) && sql.Contains("group by", StringComparison.OrdinalIgnoreCase))
            {
                return (new Result([("day", "DATE"), ("events", "BIGINT")], Enumerable.Range(0, 30).Select(i => new object?[] { $"2022-04-{i + 1:00}", EventsOf(i) })), null);
            }

            var limit = Limit().Match(sql) is { Success: true } match ? long.Parse(match.Groups["rows"].Value, CultureInfo.InvariantCulture) : table.Rows;
            return (new Result([.. table.Columns.Select(column => (column.Name, TypeOf(column.Type)))], Rows(table, Math.Min(limit, table.Rows))), null);
        }

        return (new Result([("big", "BIGINT"), ("text", "VARCHAR"), ("nothing", "INTEGER"), ("exact", "DECIMAL(18,2)")], [[9007199254740993L, "<b>a, \"quoted\"</b>", null, "12.50"]]), null);
    }

    static string TypeOf(string type) => type switch
    {
        "string" => "VARCHAR",
        "long" => "BIGINT",
        "int" => "INTEGER",
        "timestamptz" => "TIMESTAMP WITH TIME ZONE",
        "binary" => "BLOB",
        "struct<a: int>" => "STRUCT(a INTEGER)",
        _ => type.ToUpperInvariant(),
    };

    static IEnumerable<object?[]> Rows(FakeTable table, long count)
    {
        for (var i = 0; i < count; i++)
        {
            yield return [.. table.Columns.Select((column, at) => Cell(column, at, i))];
        }
    }

    static object? Cell((string Name, string Type) column, int at, int i) => column switch
    {
        ("Contract", _) => $"HN{(i * 7919) % 1_000_000:000000}",
        ("MostWatch", _) => (string[])["TV", "Movie", "Sport", "Child", "Relax"] is var names ? names[i % 5] : null,
        ("TypeOfCustomers", _) => (string[])["champions", "loyal customers", "potential loyalist", "lost customers"] is var names ? names[i % 4] : null,
        ("AppName", _) => (string[])["CHANNEL", "KPLUS", "VOD", "SPORT", "CHILD", "RELAX"] is var names ? names[i % 6] : null,
        ("RFM", _) => $"{(i % 3) + 1}{(i / 3 % 3) + 1}{(i / 9 % 3) + 1}",
        (_, "long" or "int") => i % 11 == 4 && at > 2 ? null : (long)((i * 7907) % 86_400),
        (_, "date") => $"2022-04-{(i % 30) + 1:00}",
        (_, "timestamp") => "2022-05-01T00:00:00",
        (_, "timestamptz") => "2026-01-05T10:11:12Z",
        (_, "boolean") => true,
        (_, "struct<a: int>") => new Dictionary<string, int> { ["a"] = i },
        _ => $"{column.Name.ToLowerInvariant()}-{i * 31 % 9973}",
    };

    static async Task WriteAsync(HttpContext context, Result result, List<object?[]> rows, bool truncated, bool broken)
    {
        var response = context.Response;
        var accept = context.Request.Headers.Accept.ToString();
        response.ContentType = accept.Contains("csv", StringComparison.Ordinal) ? "text/csv; charset=utf-8" : accept.Contains("ndjson", StringComparison.Ordinal) ? "application/x-ndjson"
            : accept.Contains("parquet", StringComparison.Ordinal) ? "application/vnd.apache.parquet" : "application/json";
        if (broken)
        {
            // Enough of it to be on its way, and never the end.
            await response.WriteAsync(Text(response.ContentType, result, rows.Take(rows.Count / 2), truncated));
            await response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
            return;
        }

        // As the real one does over HTTP/1.1, for which the server knows no trailers: chunks by hand, and the trailer behind the last.
        var body = Encoding.UTF8.GetBytes(Text(response.ContentType, result, rows, truncated));
        response.Headers.TransferEncoding = "chunked";
        response.Headers.Trailer = "Lake-Truncated";
        await response.WriteAsync($"{body.Length:x}\r\n");
        await response.Body.WriteAsync(body, context.RequestAborted);
        await response.WriteAsync($"\r\n0\r\nLake-Truncated: {(truncated ? "true" : "false")}\r\n\r\n");
    }

    static string Text(string contentType, Result result, IEnumerable<object?[]> rows, bool truncated) => contentType switch
    {
        "application/x-ndjson" => string.Concat(rows.Select(row => JsonSerializer.Serialize(result.Columns.Select((column, i) => (column.Name, Value: row[i])).ToDictionary(cell => cell.Name, cell => cell.Value)) + "\n")),
        "text/csv; charset=utf-8" => string.Concat(rows.Prepend([.. result.Columns.Select(column => column.Name)]).Select(row => string.Join(',', row.Select(cell => Csv(Convert.ToString(cell, CultureInfo.InvariantCulture) ?? ""))) + "\r\n")),
        "application/vnd.apache.parquet" => "PAR1PAR1",
        _ => JsonSerializer.Serialize(new { columns = result.Columns.Select(column => new { name = column.Name, type = column.Type }), rows, rowCount = rows.Count(), truncated, elapsedMs = 41.7 }),
    };

    static string Csv(string value) => value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    [GeneratedRegex(@"range\((?<count>\d+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex RangeCall();

    [GeneratedRegex("""from\s+"?(?<layer>\w+)"?\."?(?<table>\w+)"?""", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex TableName();

    [GeneratedRegex(@"limit\s+(?<rows>\d+)\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Limit();
}
