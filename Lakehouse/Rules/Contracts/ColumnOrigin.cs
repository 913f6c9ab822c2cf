namespace Lakehouse.Rules.Contracts;

/// <summary>Where the value of a column comes from.</summary>
public abstract record ColumnOrigin;

/// <summary>A field of the event.</summary>
/// <param name="Path">Names from the outside in, for instance <c>_source</c>, <c>AppName</c>; not empty.</param>
public sealed record FieldOrigin(IReadOnlyList<string> Path) : ColumnOrigin
{
    /// <inheritdoc />
    public bool Equals(FieldOrigin? other) => other is not null && Path.SequenceEqual(other.Path);

    /// <inheritdoc />
    public override int GetHashCode() => Path.Aggregate(19, HashCode.Combine);

    /// <inheritdoc />
    public override string ToString() => string.Join('.', Path);
}

/// <summary>A part of the name of the file that the event came in.</summary>
/// <param name="Pattern">Regular expression (RE2); its first group is the value.</param>
/// <param name="ElseIngestionDate">Whether the day of ingestion (UTC) stands in where the pattern doesn't match; null otherwise.</param>
public sealed record FileNameOrigin(string Pattern, bool ElseIngestionDate) : ColumnOrigin;

/// <summary>A SQL expression over the columns before it.</summary>
/// <param name="Sql">Expression in DuckDB's SQL.</param>
public sealed record ExpressionOrigin(string Sql) : ColumnOrigin;

/// <summary>The whole event as JSON text.</summary>
public sealed record EventOrigin : ColumnOrigin;

/// <summary>The file name, or the id of the request that the event came in.</summary>
public sealed record SourceOrigin : ColumnOrigin;

/// <summary>The line or row within the source, from 1.</summary>
public sealed record PositionOrigin : ColumnOrigin;

/// <summary>When the event was taken in.</summary>
public sealed record IngestedAtOrigin : ColumnOrigin;
