namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>Why a snapshot is not published. The version before it stays as it is.</summary>
public enum PublishStopKind
{
    /// <summary>The table's folder has a Delta log that is not one of ours.</summary>
    ForeignLog,

    /// <summary>Columns have other names in data files than Delta readers would look for; the files have to be rewritten.</summary>
    ColumnNames,

    /// <summary>A column has another type in a data file than Delta readers would expect; the file has to be rewritten.</summary>
    ColumnTypes,

    /// <summary>A data file leaves out a column whose value only its partition tells; the file has to be rewritten.</summary>
    MissingValues,

    /// <summary>Delta can say none of the columns, or has no two columns whose names differ in case alone.</summary>
    Columns,

    /// <summary>A data file is not Parquet, or encrypted.</summary>
    FileFormat,

    /// <summary>A data file lies outside of the table's folder.</summary>
    FileLocation,

    /// <summary>A data file is in the table more than once.</summary>
    DuplicateFiles,

    /// <summary>Rows are deleted in a way that cannot be told as positions here.</summary>
    Deletes,
}

/// <summary>Why publishing stopped, and at what.</summary>
/// <param name="Kind">The reason.</param>
/// <param name="Message">The reason for people; names the file or column.</param>
public sealed record PublishStop(PublishStopKind Kind, string Message)
{
    /// <summary>The reason as a name, for instance <c>column-names</c>.</summary>
    public string Name => Kind switch
    {
        PublishStopKind.ForeignLog => "foreign-log",
        PublishStopKind.ColumnNames => "column-names",
        PublishStopKind.ColumnTypes => "column-types",
        PublishStopKind.MissingValues => "missing-values",
        PublishStopKind.Columns => "columns",
        PublishStopKind.FileFormat => "file-format",
        PublishStopKind.FileLocation => "file-location",
        PublishStopKind.DuplicateFiles => "duplicate-files",
        _ => "deletes",
    };
}

/// <summary>Leaves the making of a version for a named reason; caught by the publisher.</summary>
internal sealed class PublishStopException(PublishStop stop) : Exception(stop.Message)
{
    public PublishStopException(PublishStopKind kind, string message)
        : this(new PublishStop(kind, message))
    {
    }

    public PublishStop Stop => stop;
}
