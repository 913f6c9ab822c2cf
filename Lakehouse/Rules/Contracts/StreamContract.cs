using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Rules.Contracts;

/// <summary>A column of a contract.</summary>
/// <param name="Name">Name in the table.</param>
/// <param name="Type">Type.</param>
/// <param name="Origin">Where its value comes from.</param>
public sealed record ContractColumn(string Name, IcebergType Type, ColumnOrigin Origin)
{
    /// <summary>Whether an event without a value breaks the contract.</summary>
    public bool Required { get; init; }

    /// <summary>How dates and timestamps are written, in strptime's letters (<c>%Y%m%d</c>); null for ISO 8601.</summary>
    public string? Format { get; init; }

    /// <summary>Comment.</summary>
    public string? Doc { get; init; }
}

/// <summary>
/// What the events of a stream look like, and the columns that they become. An event breaks it when a declared field's value doesn't convert to its type without loss
/// (text in a long, 1.5 in a long, overflow), or when a required field is missing. A missing optional field is null. Fields that are not declared are left out.
/// </summary>
/// <param name="Stream">Name of the stream.</param>
/// <param name="Columns">Columns in order; at least one.</param>
public sealed record StreamContract(string Stream, IReadOnlyList<ContractColumn> Columns)
{
    /// <summary>Version of the contract; written with each quarantined event.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The contract of a stream that nobody declared: the event as it came, and from where and when.</summary>
    public static StreamContract Undeclared(string stream) => new(stream,
    [
        new("event", IcebergType.String, new EventOrigin()) { Required = true, Doc = "The event as JSON text" },
        new("_source", IcebergType.String, new SourceOrigin()) { Required = true, Doc = "File name, or id of the request" },
        new("_position", IcebergType.Long, new PositionOrigin()) { Required = true, Doc = "Line in the source, from 1" },
        new("_ingested_at", IcebergType.TimestampTz, new IngestedAtOrigin()) { Required = true, Doc = "When it was taken in" },
    ]);

    /// <summary>The table's schema. Columns are optional in it, whatever the contract requires: requirements may be relaxed later, a schema's cannot be tightened.</summary>
    public Schema ToSchema() =>
        FreshIds.Assign(new Schema(0, [.. Columns.Select((c, i) => new NestedField(-1 - i, c.Name, Required: false, c.Type, c.Doc))]));
}
