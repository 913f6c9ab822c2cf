using System.Globalization;
using System.Text;
using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests;

/// <summary>Random tables of random types, nested ones among them, written and read back; and their metrics held against the values.</summary>
public sealed class RoundTripTests : IDisposable
{
    readonly Lake lake = new();

    public void Dispose() => lake.Dispose();

    [Fact]
    public async Task WhatIsWrittenIsReadBackEqual()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"LAKEASPIRE_SEED={Soak.Seed}");
        for (var round = 0; round < Soak.Scale(300); round++)
        {
            var random = new Random(HashCode.Combine(Soak.Seed, round));
            var nextId = 1;
            var columns = Enumerable.Range(0, random.Next(1, 8)).Select(i => Field(random, $"Col {i}\"", ref nextId, 0)).ToArray();
            var schema = new Schema(0, columns);
            var rows = Enumerable.Range(0, random.Next(1, 60)).Select(_ => columns.Select(column => Value(random, column.Type, 0)).ToArray()).ToArray();
            var select = "SELECT * EXCLUDE (n) FROM (" + string.Join(" UNION ALL ", rows.Select((row, n) =>
                $"SELECT {n.ToString(CultureInfo.InvariantCulture)} AS n, {string.Join(", ", row.Zip(columns, (cell, column) => $"CAST({cell.Sql} AS {Scans.SqlTypes.Of(column.Type)}) AS {SqlText.Identifier(column.Name)}"))}")) + ") ORDER BY n";
            var files = await lake.WriteAsync(select, schema);
            var read = await lake.ReadAsync(schema, files);
            Assert.Equal(rows.Length, read.Count);
            for (var i = 0; i < rows.Length; i++)
            {
                for (var c = 0; c < columns.Length; c++)
                {
                    AssertSame(rows[i][c].Value, read[i][c], $"round {round}, row {i}, {columns[c].Type}: {rows[i][c].Sql}");
                }
            }

            var file = Assert.Single(files);
            for (var c = 0; c < columns.Length; c++)
            {
                CheckMetrics(file, columns[c], [.. rows.Select(row => row[c].Value)], round);
            }
        }
    }

    static void CheckMetrics(DataFile file, NestedField column, object?[] values, int round)
    {
        if (column.Type is not PrimitiveType)
        {
            return;
        }

        var what = $"round {round}, {column.Type}";
        Assert.Equal(values.Length, file.ValueCounts![column.Id]);
        Assert.Equal(values.Count(value => value is null), file.NullValueCounts![column.Id]);
        var bounded = values.Where(value => value is not (null or double.NaN or float.NaN)).ToArray();
        foreach (var value in bounded)
        {
            if (file.LowerBounds!.TryGetValue(column.Id, out var lower))
            {
                Assert.True(SingleValue.Compare(SingleValue.FromBytes(column.Type, lower), value!) <= 0, $"{what}: {value} lies below its lower bound");
            }

            if (file.UpperBounds!.TryGetValue(column.Id, out var upper))
            {
                Assert.True(SingleValue.Compare(SingleValue.FromBytes(column.Type, upper), value!) >= 0, $"{what}: {value} lies above its upper bound");
            }
        }

        if (column.Type.ToString() is "int" or "long" or "boolean" or "uuid" && bounded.Length > 0)
        {
            Assert.True(file.LowerBounds!.ContainsKey(column.Id), $"{what} has no bounds");
        }
    }

    static NestedField Field(Random random, string name, ref int nextId, int depth)
    {
        var id = nextId++;
        return new NestedField(id, name, false, Type(random, ref nextId, depth));
    }

    static IcebergType Type(Random random, ref int nextId, int depth)
    {
        IcebergType[] primitives =
        [
            IcebergType.Boolean, IcebergType.Int, IcebergType.Long, IcebergType.Float, IcebergType.Double, IcebergType.Date, IcebergType.Time, IcebergType.Timestamp, IcebergType.TimestampTz,
            IcebergType.String, IcebergType.Uuid, IcebergType.Binary,
        ];
        switch (random.Next(depth < 3 ? 18 : 14))
        {
            case < 12 and var index:
                return primitives[index];
            case 12 or 13:
                var precision = random.Next(1, 39);
                return new DecimalType(precision, random.Next(0, precision + 1));
            case 14 or 15:
                var fields = new NestedField[random.Next(1, 4)];
                for (var i = 0; i < fields.Length; i++)
                {
                    fields[i] = Field(random, $"f {i}", ref nextId, depth + 1);
                }

                return new StructType(fields);
            case 16:
                var elementId = nextId++;
                return new ListType(elementId, Type(random, ref nextId, depth + 1), false);
            default:
                var (keyId, valueId) = (nextId++, nextId++);
                return new MapType(keyId, IcebergType.String, valueId, Type(random, ref nextId, depth + 1), false);
        }
    }

    static (string Sql, object? Value) Value(Random random, IcebergType type, int depth)
    {
        if (random.Next(6) == 0)
        {
            return ("NULL", null);
        }

        switch (type)
        {
            case StructType { Fields: var fields }:
                var members = fields.Select(field => (field, Cell: Value(random, field.Type, depth + 1))).ToArray();
                return ($"struct_pack({string.Join(", ", members.Select(m => $"{SqlText.Identifier(m.field.Name)} := CAST({m.Cell.Sql} AS {Scans.SqlTypes.Of(m.field.Type)})"))})", members.Select(m => m.Cell.Value).ToArray());
            case ListType list:
                var elements = Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, list.Element, depth + 1)).ToArray();
                return ($"[{string.Join(", ", elements.Select(e => $"CAST({e.Sql} AS {Scans.SqlTypes.Of(list.Element)})"))}]", elements.Select(e => e.Value).ToArray());
            case MapType map:
                var entries = Enumerable.Range(0, random.Next(4)).Select(i => (Key: $"k{i}", Cell: Value(random, map.Value, depth + 1))).ToArray();
                return entries.Length == 0
                    ? ("MAP {}", Array.Empty<object?>())
                    : ($"MAP {{{string.Join(", ", entries.Select(e => $"'{e.Key}': CAST({e.Cell.Sql} AS {Scans.SqlTypes.Of(map.Value)})"))}}}", entries.Select(e => (object?)((object?)e.Key, e.Cell.Value)).ToArray());
            default:
                var value = Primitive(random, type);
                return (value is double.NaN or float.NaN ? "'NaN'" : SqlText.Literal(value, type), value);
        }
    }

    static object Primitive(Random random, IcebergType type)
    {
        switch (type)
        {
            case DecimalType { Precision: var precision }:
                var digits = string.Concat(Enumerable.Range(0, random.Next(1, precision + 1)).Select(_ => (char)('0' + random.Next(10))));
                return Int128.Parse(digits, CultureInfo.InvariantCulture) * (random.Next(2) == 0 ? 1 : -1);
            default:
                return type.ToString() switch
                {
                    "boolean" => random.Next(2) == 0,
                    "int" => Pick(random, int.MinValue, int.MaxValue, 0, random.Next()),
                    "long" => Pick(random, long.MinValue, long.MaxValue, 0L, random.NextInt64()),
                    "float" => Pick(random, float.NaN, float.MaxValue, -0.0f, 0.0f, float.Epsilon, float.NegativeInfinity, (float)random.NextDouble()),
                    "double" => Pick(random, double.NaN, double.MaxValue, -0.0, 0.0, double.Epsilon, double.PositiveInfinity, random.NextDouble()),
                    "date" => random.Next(-700_000, 3_000_000),
                    "time" => random.NextInt64(0, 86_400_000_000),
                    "timestamp" or "timestamptz" => random.NextInt64(-60_000_000_000_000_000, 260_000_000_000_000_000),
                    "uuid" => Uuid(random),
                    "string" => Text(random),
                    _ => Bytes(random, random.Next(40)),
                };
        }
    }

    static object Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)]!;

    static Guid Uuid(Random random) => new(Bytes(random, 16));

    static byte[] Bytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(40); i > 0; i--)
        {
            text.Append(random.Next(4) switch
            {
                0 => new Rune(random.Next(1, 0x80)).ToString(),
                1 => new Rune(random.Next(0x80, 0xD800)).ToString(),
                2 => new Rune(random.Next(0xE000, 0x110000)).ToString(),
                _ => "x",
            });
        }

        return text.ToString();
    }

    static void AssertSame(object? expected, object? actual, string what)
    {
        switch (expected, actual)
        {
            case (object?[] left, object?[] right):
                Assert.True(left.Length == right.Length, what);
                for (var i = 0; i < left.Length; i++)
                {
                    AssertSame(left[i], right[i], what);
                }

                break;
            case (ValueTuple<object?, object?> left, ValueTuple<object?, object?> right):
                AssertSame(left.Item1, right.Item1, what);
                AssertSame(left.Item2, right.Item2, what);
                break;
            case (byte[] left, byte[] right):
                Assert.True(left.AsSpan().SequenceEqual(right), what);
                break;
            case (double left, double right):
                // Parquet's dictionaries don't tell -0.0 from 0.0.
                Assert.True(left == right || (double.IsNaN(left) && double.IsNaN(right)), what);
                break;
            case (float left, float right):
                Assert.True(left == right || (float.IsNaN(left) && float.IsNaN(right)), what);
                break;
            default:
                Assert.True(Equals(expected, actual), $"{what}: {expected} became {actual}");
                break;
        }
    }
}
