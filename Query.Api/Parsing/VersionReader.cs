using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lakehouse.Engine;

namespace LakeAspire.Query.Parsing;

/// <summary>Reads the value of a <see cref="VersionClause"/>. Constants, and sums of times and intervals, are all that it may be: nothing else of it is computed.</summary>
internal static class VersionReader
{
    const int MaxLength = 500;

    static readonly HashSet<string> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        "+", "-", "now", "current_timestamp", "get_current_timestamp", "current_date", "today", "trunc", "date_trunc", "to_timestamp", "make_timestamp", "make_timestamptz", "make_date",
        "to_years", "to_months", "to_weeks", "to_days", "to_hours", "to_minutes", "to_seconds", "to_milliseconds", "to_microseconds",
    };

    static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase) { "current_timestamp", "current_date" };
    static readonly HashSet<string> Types = new(StringComparer.Ordinal) { "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "INTERVAL", "INTEGER", "BIGINT", "DOUBLE", "VARCHAR" };

    public static async Task<TableVersion> ReadAsync(DuckDbConnection connection, VersionClause clause, CancellationToken cancellationToken)
    {
        var value = await ValueAsync(connection, clause, cancellationToken);
        return clause.Unit switch
        {
            "TIMESTAMP" => new TableVersion.Time(await TimeAsync(connection, clause, value, cancellationToken)),
            "BRANCH" or "TAG" => Constant(value) is { IsText: true, Text.Length: > 0 } name && !name.Text.Contains('@', StringComparison.Ordinal)
                ? new TableVersion.Reference(name.Text) : throw Wrong(clause, "a name in single quotes"),
            "VERSION" when Constant(value) is { IsText: true } text && !IsNumber(text.Text, out _) =>
                text.Text.Length > 0 ? new TableVersion.Reference(text.Text) : throw Wrong(clause, "a number or a name"),
            _ => Constant(value) is { } number && IsNumber(number.Text, out var id)
                ? new TableVersion.Number(id, clause.Unit switch { "SNAPSHOT" => NumberMeaning.Snapshot, "COMMIT" => NumberMeaning.Commit, _ => NumberMeaning.Either })
                : throw Wrong(clause, clause.Unit == "VERSION" ? "the id of a snapshot or commit, or the name of a branch or tag in single quotes" : "a number"),
        };
    }

    static bool IsNumber(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    static async Task<JsonObject> ValueAsync(DuckDbConnection connection, VersionClause clause, CancellationToken cancellationToken)
    {
        if (clause.Value.Length > MaxLength)
        {
            throw Wrong(clause, $"not longer than {MaxLength} characters");
        }

        var tree = SqlTree.Parse(await connection.ScalarAsync<string>("SELECT json_serialize_sql('SELECT (' || $1::VARCHAR || '\n)')", [clause.Value], cancellationToken));
        var node = tree["statements"] is JsonArray { Count: 1 } statements ? statements[0]?["node"] as JsonObject : null;
        return node is not null && SqlTree.Text(node, "type") == "SELECT_NODE" && SqlTree.Text(node["from_table"] as JsonObject, "type") == "EMPTY" && node["select_list"] is JsonArray { Count: 1 } list
            ? (JsonObject)list[0]!
            : throw Wrong(clause, "one value");
    }

    static async Task<DateTimeOffset> TimeAsync(DuckDbConnection connection, VersionClause clause, JsonObject value, CancellationToken cancellationToken)
    {
        const string Wanted = "a time, such as '2026-11-21T10:00:00Z' or now() - INTERVAL 1 DAY";
        if (Constant(value) is { IsText: true } text)
        {
            return DateTimeOffset.TryParse(text.Text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : throw Wrong(clause, Wanted);
        }

        CheckTime(clause, value, Wanted);
        try
        {
            var micros = await connection.ScalarAsync<long>($"SELECT epoch_us(CAST((\n{clause.Value}\n) AS TIMESTAMPTZ))", cancellationToken: cancellationToken);
            return DateTimeOffset.UnixEpoch.AddTicks(checked(micros * TimeSpan.TicksPerMicrosecond));
        }
        catch (Exception error) when (error is EngineException { EngineKind: not (EngineErrorKind.Interrupted or EngineErrorKind.Fatal) } or OverflowException or ArgumentOutOfRangeException or InvalidCastException)
        {
            throw Wrong(clause, Wanted);
        }
    }

    /// <summary>Nothing but what makes a time out of constants, since it is computed here and not by a worker.</summary>
    static void CheckTime(VersionClause clause, JsonNode? node, string wanted)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                CheckTime(clause, item, wanted);
            }
        }

        if (node is not JsonObject expression)
        {
            return;
        }

        var fine = SqlTree.Text(expression, "class") switch
        {
            "CONSTANT" => true,
            "CAST" => Types.Contains(SqlTree.Text(expression["cast_type"] as JsonObject, "id") ?? ""),
            "FUNCTION" => Functions.Contains(SqlTree.Text(expression, "function_name") ?? ""),
            "COLUMN_REF" => expression["column_names"] is JsonArray { Count: 1 } names && Names.Contains(names[0]!.GetValue<string>()),
            _ => false,
        };
        if (!fine)
        {
            throw Wrong(clause, wanted);
        }

        CheckTime(clause, expression["child"], wanted);
        CheckTime(clause, expression["children"], wanted);
    }

    /// <summary>A text or a whole number; anything else, such as a decimal, whose digits would look like one, is null.</summary>
    static (string Text, bool IsText)? Constant(JsonObject node) =>
        SqlTree.Text(node, "class") == "CONSTANT" && node["value"] is JsonObject value && value["is_null"]?.GetValue<bool>() == false && value["value"] is JsonValue constant
            ? SqlTree.Text(value["type"] as JsonObject, "id") switch
            {
                "VARCHAR" => (constant.GetValue<string>(), true),
                "INTEGER" or "BIGINT" => (constant.ToJsonString(), false),
                _ => null,
            }
            : null;

    static Exception Wrong(VersionClause clause, string wanted) => SqlErrors.Syntax($"The value of {clause.Unit} is {wanted}, not {clause.Value}.");
}
