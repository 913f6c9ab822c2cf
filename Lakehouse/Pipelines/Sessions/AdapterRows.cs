using System.Globalization;
using System.Numerics;
using System.Text;
using Lakehouse.Engine;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Context;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>Results as the rows that templates look at: few, since templates do.</summary>
internal static class AdapterRows
{
    public static async Task<AdapterTable> ReadAsync(SessionResult result, long? limit, CancellationToken cancellationToken)
    {
        var rows = new List<IReadOnlyList<object?>>();
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount && !(rows.Count >= limit); row++)
                {
                    rows.Add([.. batch.Columns.Select((column, i) => Value(column, column.Type, row, result.Columns[i].DuckDbType))]);
                }
            }

            if (rows.Count >= limit)
            {
                break;
            }
        }

        return new AdapterTable([.. result.Columns.Select(c => new AdapterColumn(c.Name, c.DuckDbType))], rows);
    }

    /// <summary>A value as a text that DuckDB casts to the type of its column.</summary>
    public static string? TextOf(object? value) => value switch
    {
        null => null,
        string text => text,
        bool truth => truth ? "true" : "false",
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
        DecimalText number => number.Text,
        byte[] bytes => string.Concat(bytes.Select(b => $"\\x{b:X2}")),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    static object? Value(ColumnVector column, IcebergType type, int row, string engineType = "")
    {
        if (column.IsNull(row))
        {
            return null;
        }

        return type switch
        {
            DecimalType number => Number(column.Values<Int128>()[row], number.Scale, isInteger: engineType is "HUGEINT" or "UHUGEINT" or "UBIGINT"),
            FixedType => column.Bytes(row).ToArray(),
            ListType list => Items(column, list, row),
            StructType structure => structure.Fields.Select((field, i) => (field.Name, Value: Value(column.Child(i), field.Type, row))).DistinctBy(f => f.Name).ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal),
            MapType map => Entries(column, map, row),
            _ => type.ToString() switch
            {
                "boolean" => column.Values<byte>()[row] != 0,
                "int" => (long)column.Values<int>()[row],
                "long" => column.Values<long>()[row],
                "float" => (double)column.Values<float>()[row],
                "double" => column.Values<double>()[row],
                "date" => Date(column.Values<int>()[row]),
                "time" => TimeOnly.MinValue.Add(TimeSpan.FromMicroseconds(column.Values<long>()[row] % 86_400_000_000)),
                "timestamp" => Time(column.Values<long>()[row], 10),
                "timestamp_ns" => Time(column.Values<long>()[row] / 1000, 10),
                "timestamptz" => Time(column.Values<long>()[row], 10) is DateTime time ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc)) : "infinity",
                "uuid" => column.Values<Guid>()[row],
                "binary" => column.Bytes(row).ToArray(),
                _ => Encoding.UTF8.GetString(column.Bytes(row)),
            },
        };
    }

    static List<object?> Items(ColumnVector column, ListType list, int row)
    {
        var (offset, length) = column.List(row);
        var child = column.Child(0);
        return [.. Enumerable.Range(offset, length).Select(i => Value(child, list.Element, i))];
    }

    static Dictionary<string, object?> Entries(ColumnVector column, MapType map, int row)
    {
        var (offset, length) = column.List(row);
        var (keys, values) = (column.Child(0), column.Child(1));
        return Enumerable.Range(offset, length).ToDictionary(i => TextOf(Value(keys, map.Key, i)) ?? "", i => Value(values, map.Value, i), StringComparer.Ordinal);
    }

    static object Number(Int128 unscaled, int scale, bool isInteger)
    {
        if (isInteger)
        {
            return unscaled >= long.MinValue && unscaled <= long.MaxValue ? (object)(long)unscaled : (BigInteger)unscaled;
        }

        var magnitude = Int128.Abs(unscaled);
        if (scale <= 28 && magnitude <= (Int128)(UInt128.One << 96) - 1)
        {
            return new decimal((int)(uint)(magnitude & uint.MaxValue), (int)(uint)((magnitude >> 32) & uint.MaxValue), (int)(uint)((magnitude >> 64) & uint.MaxValue), unscaled < 0, (byte)scale);
        }

        var digits = magnitude.ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return new DecimalText($"{(unscaled < 0 ? "-" : "")}{digits[..^scale]}{(scale > 0 ? "." : "")}{digits[^scale..]}");
    }

    /// <summary>A date; text where it lies outside of .NET's.</summary>
    static object Date(int days)
    {
        var number = (long)DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber + days;
        return number >= 0 && number <= DateOnly.MaxValue.DayNumber ? DateOnly.FromDayNumber((int)number) : days > 0 ? "infinity" : "-infinity";
    }

    static object Time(long micros, int ticks)
    {
        var (least, most) = ((DateTime.MinValue - DateTime.UnixEpoch).Ticks / ticks, (DateTime.MaxValue - DateTime.UnixEpoch).Ticks / ticks);
        return micros >= least && micros <= most ? DateTime.SpecifyKind(DateTime.UnixEpoch.AddTicks(micros * ticks), DateTimeKind.Unspecified) : micros > 0 ? "infinity" : "-infinity";
    }
}
