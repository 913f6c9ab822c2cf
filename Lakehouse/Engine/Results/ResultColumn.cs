using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine;

/// <summary>A column of a result.</summary>
/// <param name="Name">Its name; not unique in a result.</param>
/// <param name="Type">The Iceberg type in which its values are read. Nested fields are numbered as they come.</param>
/// <param name="DuckDbType">DuckDB's name of its type, for instance <c>DECIMAL(18,3)</c> or <c>STRUCT("a" INTEGER)</c>.</param>
public sealed record ResultColumn(string Name, IcebergType Type, string DuckDbType);
