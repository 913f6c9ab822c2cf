using System.Text;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Results;

/// <summary>Single values as objects, in the form of <see cref="DataFile.Partition"/>. For a value of a file or a parameter, never for rows.</summary>
internal static class BoxedValues
{
    public static object? Get(ColumnVector column, IcebergType type, int row)
    {
        if (column.IsNull(row))
        {
            return null;
        }

        return type switch
        {
            DecimalType => column.Values<Int128>()[row],
            FixedType => column.Bytes(row).ToArray(),
            _ => type.ToString() switch
            {
                "boolean" => column.Values<byte>()[row] != 0,
                "int" or "date" => column.Values<int>()[row],
                "long" or "time" or "timestamp" or "timestamptz" => column.Values<long>()[row],
                "float" => column.Values<float>()[row],
                "double" => column.Values<double>()[row],
                "string" => Encoding.UTF8.GetString(column.Bytes(row)),
                "uuid" => column.Values<Guid>()[row],
                "binary" => column.Bytes(row).ToArray(),
                _ => throw new ArgumentException($"A {type} is no single value.", nameof(type)),
            },
        };
    }
}
