using System.Text;
using Lakehouse.Formats.Columns;

namespace Lakehouse.Engine.Results;

/// <summary>One value of a column, for results of one row.</summary>
internal static class Scalars
{
    public static T? Get<T>(ColumnVector column, int row)
    {
        if (column.IsNull(row))
        {
            return default;
        }

        object value = default(T) switch
        {
            null when typeof(T) == typeof(string) => Encoding.UTF8.GetString(column.Bytes(row)),
            bool => column.Values<byte>()[row] != 0,
            int => column.Values<int>()[row],
            long => column.Type == Formats.Iceberg.IcebergType.Int ? (long)column.Values<int>()[row] : column.Values<long>()[row],
            double => column.Values<double>()[row],
            float => column.Values<float>()[row],
            Int128 => column.Values<Int128>()[row],
            Guid => column.Values<Guid>()[row],
            _ => throw new InvalidOperationException($"A {typeof(T).Name} cannot be read from a {column.Type} column."),
        };
        return (T)value;
    }
}
