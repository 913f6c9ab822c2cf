using System.Text;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Replay;
using Lakehouse.Formats.Delta.Skipping;

namespace Lakehouse.Formats.Delta;

/// <summary>A data file of a version of a table, with the rows that its deletion vector leaves.</summary>
public sealed class DeltaFile
{
    readonly PackedFiles files;
    readonly PackedFile row;

    internal DeltaFile(PackedFiles files, in PackedFile row, string tableLocation)
    {
        this.files = files;
        this.row = row;
        Path = files.PathText(row);
        Location = DeltaPath.Locate(tableLocation, Path);
        PartitionValues = files.PartitionValues(row);
    }

    /// <summary>Path as it stands in the log.</summary>
    public string Path { get; }

    /// <summary>Location of the file.</summary>
    public string Location { get; }

    /// <summary>Partition values by physical column name, serialised; null is a null value.</summary>
    public IReadOnlyDictionary<string, string?> PartitionValues { get; }

    /// <summary>Bytes.</summary>
    public long Size => row.Size;

    /// <summary>When the file was created, milliseconds since 1970-01-01 UTC.</summary>
    public long ModificationTime => row.ModificationTime;

    /// <summary>The rows that are deleted; null when none is.</summary>
    public DeletionVectorDescriptor? DeletionVector => files.Vector(row);

    /// <summary>Row id of the first row; null when absent.</summary>
    public long? BaseRowId => row.BaseRowId == PackedFile.None ? null : row.BaseRowId;

    /// <summary>First commit in which the file was added; null when absent.</summary>
    public long? DefaultRowCommitVersion => row.DefaultRowCommitVersion == PackedFile.None ? null : row.DefaultRowCommitVersion;

    /// <summary>Rows of the data file, deleted ones too; null when its statistics don't say.</summary>
    public long? RecordCount
    {
        get
        {
            byte[] buffer = [];
            var statistics = new FileStatistics(new StatisticsTree(), 0);
            statistics.Read(files.Stats(row, ref buffer));
            return statistics.Records;
        }
    }

    /// <summary>Statistics as JSON text; null when absent.</summary>
    public string? Stats
    {
        get
        {
            byte[] buffer = [];
            return row.Stats.IsNull ? null : Encoding.UTF8.GetString(files.Stats(row, ref buffer));
        }
    }
}
