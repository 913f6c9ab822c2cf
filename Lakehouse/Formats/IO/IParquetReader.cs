using Lakehouse.Formats.Columns;

namespace Lakehouse.Formats.IO;

/// <summary>Reads metadata that lies in Parquet files, as checkpoints of Delta do. This library opens no file; the engine implements it.</summary>
public interface IParquetReader
{
    /// <summary>What the footer of a file says, without reading a column.</summary>
    /// <exception cref="LakehouseException">NotFound, or InvalidData when it is no Parquet file.</exception>
    Task<ParquetDescription> DescribeAsync(string location, CancellationToken cancellationToken = default);

    /// <summary>Some columns of a file, row by row in the file's order; each batch is to be disposed before the next is asked for.</summary>
    /// <param name="location">Location of the file.</param>
    /// <param name="columns">What to read; each is a column of the batches. They must be in the file.</param>
    /// <param name="anyOf">Paths of columns: rows in which all of them are null are left out. None leaves no row out.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound, or InvalidData when the file is broken.</exception>
    IAsyncEnumerable<ColumnBatch> ReadAsync(string location, IReadOnlyList<ParquetSelection> columns, IReadOnlyList<IReadOnlyList<string>> anyOf, CancellationToken cancellationToken = default);
}

/// <summary>What the footer of a Parquet file says.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="CreatedBy">The software that wrote it; null when it does not say.</param>
public sealed record ParquetDescription(IReadOnlyList<ParquetColumn> Columns, string? CreatedBy);

/// <summary>A column of a Parquet file.</summary>
/// <param name="Name">Name.</param>
/// <param name="Children">Fields within; empty for a leaf.</param>
public sealed record ParquetColumn(string Name, IReadOnlyList<ParquetColumn> Children);

/// <summary>A column to read.</summary>
/// <param name="Path">Names from the outermost struct to the column.</param>
/// <param name="Form">In which form.</param>
public sealed record ParquetSelection(IReadOnlyList<string> Path, ParquetForm Form);

/// <summary>The form in which a column is read.</summary>
public enum ParquetForm
{
    /// <summary>Text as string.</summary>
    Text,

    /// <summary>An integer as long.</summary>
    Long,

    /// <summary>Anything, nested too, as JSON text (string); maps become objects.</summary>
    Json,

    /// <summary>As <see cref="Json"/>, but every single value is a string, so that none loses digits.</summary>
    JsonOfTexts,
}
