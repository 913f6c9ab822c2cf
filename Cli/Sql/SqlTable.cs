using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Sql;

/// <summary>A result as a table to read.</summary>
internal static class SqlTable
{
    static readonly HashSet<string> Numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT", "DECIMAL", "FLOAT", "DOUBLE", "INT", "LONG",
    };

    public static async Task WriteAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var result = await ReadAsync(response, cancellationToken);
        var root = result.RootElement;
        TextColumn[] columns = [.. root.GetProperty("columns").EnumerateArray().Select(column => new TextColumn(column.GetProperty("name").GetString()!, IsNumber(column.GetProperty("type").GetString()!)))];
        string?[][] rows = [.. root.GetProperty("rows").EnumerateArray().Select(row => row.EnumerateArray().Select(Text).ToArray())];
        var shown = columns is [{ Name: "explain_key" }, { Name: "explain_value" }] ? await WritePlanAsync(rows) : TextTable.Write(Consoles.Out, columns, rows);
        var facts = new List<string> { Texts.Plural(rows.Length, "row"), Texts.Duration(TimeSpan.FromMilliseconds(root.GetProperty("elapsedMs").GetDouble())) };
        if (root.GetProperty("truncated").GetBoolean())
        {
            facts[0] = $"the first {facts[0]} (more with --max-rows, all with --json, --csv or --output)";
        }

        if (shown < columns.Length)
        {
            facts.Add($"{Texts.Plural(columns.Length - shown, "column")} left out: widen the terminal, or use --json");
        }

        // Not part of the result, and so not where a result is expected.
        await Console.Error.WriteLineAsync($"({string.Join("; ", facts)})");
    }

    /// <summary>A plan is a drawing: it stands as it is.</summary>
    static async Task<int> WritePlanAsync(string?[][] rows)
    {
        foreach (var row in rows)
        {
            await Console.Out.WriteLineAsync(string.Join('\n', (row[1] ?? "").TrimEnd().Split('\n').Select(Texts.Harmless)));
        }

        return 2;
    }

    static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException)
        {
            throw LakeClient.BrokenOff(Installation.Query, exception);
        }
    }

    static bool IsNumber(string type) => Numbers.Contains(type.Split('(', ' ')[0]) && !type.EndsWith(']');

    static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
