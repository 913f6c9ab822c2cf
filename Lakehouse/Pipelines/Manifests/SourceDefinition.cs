using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Manifests;

/// <summary>A table that the project reads and does not make.</summary>
public sealed record SourceDefinition : GraphNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.Source;

    /// <summary>Name of the source.</summary>
    public required string SourceName { get; init; }

    /// <summary>Description of the source as a whole.</summary>
    public string SourceDescription { get; init; } = "";

    /// <summary>Free facts of the source as a whole.</summary>
    public JinjaDict SourceMeta { get; init; } = new();

    /// <summary>What loads it; empty when it is not said.</summary>
    public string Loader { get; init; } = "";

    /// <summary>Database of the table.</summary>
    public required string Database { get; init; }

    /// <summary>Schema of the table: the catalog's namespace.</summary>
    public required string Schema { get; init; }

    /// <summary>Name of the table.</summary>
    public required string Identifier { get; init; }

    /// <summary>Full name of the table, quoted as the source says.</summary>
    public required string RelationName { get; init; }

    /// <summary>Which parts of names are quoted; null for the usual.</summary>
    public Quoting Quoting { get; init; } = new();

    /// <summary>Column or expression that says when a row was loaded; null without one.</summary>
    public string? LoadedAtField { get; init; }

    /// <summary>Query that says when the newest row was loaded; null without one.</summary>
    public string? LoadedAtQuery { get; init; }

    /// <summary>How old the newest row may be; null when freshness is not asked for.</summary>
    public FreshnessThreshold? Freshness { get; init; }

    /// <summary>Described columns in order.</summary>
    public IReadOnlyList<ColumnInfo> Columns { get; init; } = [];

    /// <summary>How an external table is made, as written; null for others.</summary>
    public JinjaDict? External { get; init; }

    /// <inheritdoc />
    public override string SearchName => $"{SourceName}.{Name}";
}

/// <summary>Which parts of a relation's name are quoted; null is the usual.</summary>
/// <param name="Database">The database.</param>
/// <param name="Schema">The schema.</param>
/// <param name="Identifier">The table.</param>
/// <param name="Column">Names of columns in tests.</param>
public sealed record Quoting(bool? Database = null, bool? Schema = null, bool? Identifier = null, bool? Column = null);

/// <summary>How old the newest row of a source may be.</summary>
/// <param name="WarnAfter">Age from which it is a warning; null for never.</param>
/// <param name="ErrorAfter">Age from which it is an error; null for never.</param>
/// <param name="Filter">Rows to look at: an SQL condition; null for all.</param>
public sealed record FreshnessThreshold(FreshnessAge? WarnAfter, FreshnessAge? ErrorAfter, string? Filter)
{
    /// <summary>Whether it limits anything.</summary>
    public bool IsSet => WarnAfter is { IsSet: true } || ErrorAfter is { IsSet: true };
}

/// <summary>An age.</summary>
/// <param name="Count">Number of periods; null when not given.</param>
/// <param name="Period"><c>minute</c>, <c>hour</c> or <c>day</c>; null when not given.</param>
public sealed record FreshnessAge(int? Count, string? Period)
{
    /// <summary>Whether both are given.</summary>
    public bool IsSet => Count is not null && Period is not null;

    /// <summary>The age as a duration; null when it is not set.</summary>
    public TimeSpan? Duration => !IsSet ? null : Period switch
    {
        "minute" => TimeSpan.FromMinutes(Count!.Value),
        "hour" => TimeSpan.FromHours(Count!.Value),
        _ => TimeSpan.FromDays(Count!.Value),
    };
}
