using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Rules.Quarantine;

/// <summary>
/// The one form of quarantined events, whatever they came from: why, the bytes as they came, where from and when. <see cref="Schema"/> is the table's.
/// </summary>
public static class QuarantineTable
{
    /// <summary>What the name of a quarantine table ends with, after the name of the table that the event was meant for.</summary>
    public const string Suffix = "__quarantine";

    /// <summary>The schema.</summary>
    public static Schema Schema { get; } = new(0,
    [
        new NestedField(1, "quarantine_id", true, IcebergType.String, "Follows from source, position and rule: the same event quarantined again has the same id"),
        new NestedField(2, "rule", true, IcebergType.String, "What was broken, for instance contract.type"),
        new NestedField(3, "reason", true, IcebergType.String, "In words: the column, what was expected, what came"),
        new NestedField(4, "raw", false, IcebergType.Binary, "The bytes as they came"),
        new NestedField(5, "row", false, IcebergType.String, "The event as JSON, if it is one"),
        new NestedField(6, "source", true, IcebergType.String, "File name, id of the request, or topic and partition"),
        new NestedField(7, "position", false, IcebergType.Long, "Line or row in the source, from 1, or offset; null for the whole source"),
        new NestedField(8, "run_id", false, IcebergType.Long, "Run that quarantined it, if it was one"),
        new NestedField(9, "schema_version", false, IcebergType.Int, "Version of the contract"),
        new NestedField(10, "ingested_at", true, IcebergType.TimestampTz, "When the event was taken in"),
        new NestedField(11, "replayed_by_commit", false, IcebergType.Long, "Commit by which it was replayed"),
    ]);

    /// <summary>Name of the quarantine table of a table.</summary>
    public static string NameFor(string table) => table + Suffix;

    /// <summary>A SELECT with the columns of <see cref="Schema"/>, from expressions over a relation.</summary>
    /// <param name="row">The expressions.</param>
    /// <param name="relation">What follows FROM, with its conditions.</param>
    public static string Select(QuarantineRow row, string relation)
    {
        ArgumentNullException.ThrowIfNull(row);
        return $"""
            SELECT CAST(md5(concat_ws(chr(31), {row.Scope}, CAST({row.Position} AS VARCHAR), {row.Rule})) AS VARCHAR) AS quarantine_id,
              CAST({row.Rule} AS VARCHAR) AS rule, CAST({row.Reason} AS VARCHAR) AS reason, CAST({row.Raw} AS BLOB) AS raw, CAST({row.Row} AS VARCHAR) AS "row",
              CAST({row.Source} AS VARCHAR) AS source, CAST({row.Position} AS BIGINT) AS position, CAST({row.RunId} AS BIGINT) AS run_id,
              CAST({SqlText.Literal(row.SchemaVersion)} AS INTEGER) AS schema_version, CAST({row.IngestedAt} AS TIMESTAMPTZ) AS ingested_at,
              CAST(NULL AS BIGINT) AS replayed_by_commit
            FROM {relation}
            """;
    }
}

/// <summary>SQL expressions for the columns of a quarantined event.</summary>
public sealed record QuarantineRow
{
    /// <summary>What makes position and rule unique: an id of the source.</summary>
    public required string Scope { get; init; }

    /// <summary>Which rule was broken.</summary>
    public required string Rule { get; init; }

    /// <summary>Why, in words.</summary>
    public required string Reason { get; init; }

    /// <summary>The bytes as they came, a BLOB; VARCHAR is encoded with <c>encode(…)</c>.</summary>
    public required string Raw { get; init; }

    /// <summary>The event as JSON text, or NULL.</summary>
    public string Row { get; init; } = "NULL";

    /// <summary>Where it came from.</summary>
    public required string Source { get; init; }

    /// <summary>Where in the source, or NULL.</summary>
    public string Position { get; init; } = "NULL";

    /// <summary>The run, or NULL.</summary>
    public string RunId { get; init; } = "NULL";

    /// <summary>Version of the contract.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>When it was taken in.</summary>
    public required string IngestedAt { get; init; }
}
