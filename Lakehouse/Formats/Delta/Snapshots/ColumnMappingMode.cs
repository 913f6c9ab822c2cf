namespace Lakehouse.Formats.Delta;

/// <summary>How columns are found in data files (PROTOCOL.md, "Column Mapping").</summary>
public enum ColumnMappingMode
{
    /// <summary>By their names.</summary>
    None,

    /// <summary>By their physical names.</summary>
    Name,

    /// <summary>By their field ids.</summary>
    Id,
}
