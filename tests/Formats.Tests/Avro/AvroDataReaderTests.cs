using System.Text;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Avro;

public sealed class AvroDataReaderTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Fields_match_by_id_and_promoted_types_widen()
    {
        var file = Write(
            """
            {"type":"record","name":"r","fields":[
              {"name":"i","type":"int","field-id":1},{"name":"f","type":["null","float"],"field-id":2},{"name":"gone","type":"string","field-id":9},
              {"name":"d","type":{"type":"int","logicalType":"date"},"field-id":3},{"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":4,"scale":2},"field-id":4},
              {"name":"ms","type":{"type":"long","logicalType":"timestamp-millis"},"field-id":5},{"name":"ns","type":{"type":"long","logicalType":"timestamp-nanos"},"field-id":6}]}
            """,
            writer =>
            {
                writer.WriteInt(-7);
                writer.WriteLong(1);
                writer.WriteFloat(1.5f);
                writer.WriteString("skipped");
                writer.WriteInt(2);
                writer.WriteBytes([0xff, 0x85]);
                writer.WriteLong(-1);
                writer.WriteLong(-1);
            });
        Schema wanted = new(0, [
            new(6, "ns", false, IcebergType.Timestamp), new(5, "ms", false, IcebergType.TimestampNs), new(4, "decimal", true, new DecimalType(20, 2)), new(3, "at", false, IcebergType.Timestamp),
            new(2, "wide", false, IcebergType.Double), new(1, "renamed", true, IcebergType.Long), new(10, "added", false, IcebergType.String),
            new(11, "defaulted", true, IcebergType.Int) { InitialDefault = "34" }, new(12, "unknown", false, IcebergType.Unknown),
        ]);
        var (reader, batch) = await ReadAsync(file, wanted);
        Assert.Equal(1, batch.RowCount);
        Assert.Equal(-1, batch.Columns[0].Values<long>()[0]);
        Assert.Equal(-1_000_000, batch.Columns[1].Values<long>()[0]);
        Assert.Equal(-123, batch.Columns[2].Values<Int128>()[0]);
        Assert.Equal(2 * 86_400_000_000, batch.Columns[3].Values<long>()[0]);
        Assert.Equal(1.5, batch.Columns[4].Values<double>()[0]);
        Assert.Equal(-7, batch.Columns[5].Values<long>()[0]);
        Assert.True(batch.Columns[6].IsNull(0));
        Assert.Equal(34, batch.Columns[7].Values<int>()[0]);
        Assert.True(batch.Columns[8].IsNull(0));
        Assert.True(batch.Columns[5].HasNoNulls && !batch.Columns[6].HasNoNulls);
        Assert.Throws<InvalidOperationException>(() => batch.Columns[5].Values<int>()[0]);
        Assert.Equal(1, reader.Position);
        Assert.Null(await reader.NextAsync(Stop));
    }

    [Fact]
    public async Task Files_without_ids_are_read_by_name_mapping()
    {
        var file = Write(
            """{"type":"record","name":"r","fields":[{"name":"old","type":"int"},{"name":"s","type":{"type":"record","name":"n","fields":[{"name":"x","type":"int"},{"name":"y","type":"int"}]}}]}""",
            writer =>
            {
                writer.WriteInt(1);
                writer.WriteInt(2);
                writer.WriteInt(3);
            });
        Schema wanted = new(0, [new(1, "new", false, IcebergType.Int), new(2, "s", false, new StructType([new(4, "y2", false, IcebergType.Int), new(5, "z", false, IcebergType.Int) { InitialDefault = "9" }]))]);
        var mapping = NameMapping.Parse("""[{"field-id":1,"names":["new","old"]},{"field-id":2,"names":["s"],"fields":[{"field-id":4,"names":["y"]},{"names":["x"]}]}]""");
        var (_, batch) = await ReadAsync(file, wanted, mapping);
        Assert.Equal(1, batch.Columns[0].Values<int>()[0]);
        Assert.Equal(3, batch.Columns[1].Child(0).Values<int>()[0]);
        Assert.Equal(9, batch.Columns[1].Child(1).Values<int>()[0]);

        // Without a mapping, the schema's own names count.
        var (_, plain) = await ReadAsync(file, wanted);
        Assert.True(plain.Columns[0].IsNull(0));
        Assert.True(plain.Columns[1].Child(0).IsNull(0));
    }

    [Fact]
    public async Task Nested_values_come_as_columns_over_many_batches()
    {
        var file = Write(
            """
            {"type":"record","name":"r","fields":[
              {"name":"l","type":["null",{"type":"array","items":["null","string"],"element-id":2}],"field-id":1},
              {"name":"m","type":{"type":"map","values":"long"},"field-id":3},
              {"name":"k","type":{"type":"array","logicalType":"map","items":{"type":"record","name":"kv","fields":[{"name":"key","type":"int","field-id":7},{"name":"value","type":["null","int"],"field-id":8}]}},"field-id":6},
              {"name":"u","type":["null","int","long"],"field-id":9}]}
            """,
            [.. Enumerable.Range(0, 1000).Select(i => (Action<AvroWriter>)(writer =>
            {
                writer.WriteLong(i % 3 == 0 ? 0 : 1);
                for (var item = 0; i % 3 != 0 && item < i % 5; item++)
                {
                    writer.WriteLong(1);
                    writer.WriteLong(item == 2 ? 0 : 1);
                    if (item != 2)
                    {
                        writer.WriteString($"{i}.{item}");
                    }
                }

                if (i % 3 != 0)
                {
                    writer.WriteLong(0);
                }

                writer.WriteLong(1);
                writer.WriteString("key");
                writer.WriteLong(i);
                writer.WriteLong(0);
                writer.WriteLong(2);
                writer.WriteInt(i);
                writer.WriteLong(0);
                writer.WriteInt(-i);
                writer.WriteLong(1);
                writer.WriteInt(5);
                writer.WriteLong(0);
                writer.WriteLong(i % 3);
                if (i % 3 > 0)
                {
                    writer.WriteLong(i);
                }
            }))]);
        Schema wanted = new(0, [
            new(1, "l", false, new ListType(2, IcebergType.String, false)), new(3, "m", false, new MapType(4, IcebergType.String, 5, IcebergType.Long, false)),
            new(6, "k", false, new MapType(7, IcebergType.Long, 8, IcebergType.Int, false)), new(9, "u", false, IcebergType.Long),
        ]);
        var reader = await AvroDataReader.OpenAsync(new MemoryStream(file), "test", wanted, batchRows: 64, cancellationToken: Stop);
        var row = 0;
        while (await reader.NextAsync(Stop) is { } batch)
        {
            Assert.InRange(batch.RowCount, 1, 64);
            for (var i = 0; i < batch.RowCount; i++, row++)
            {
                var (list, map, pairs) = (batch.Columns[0], batch.Columns[1], batch.Columns[2]);
                Assert.Equal(row % 3 == 0, list.IsNull(i));
                var (start, length) = list.List(i);
                Assert.Equal(row % 3 == 0 ? [] : Enumerable.Range(0, row % 5).Select(item => item == 2 ? null : $"{row}.{item}"), Enumerable.Range(start, length).Select(at => Text(list.Child(0), at)));
                var entry = map.List(i);
                Assert.Equal((1, "key", row), (entry.Length, Text(map.Child(0), entry.Offset), map.Child(1).Values<long>()[entry.Offset]));
                var pair = pairs.List(i);
                Assert.Equal(2, pair.Length);
                Assert.Equal([row, -row], pairs.Child(0).Values<long>().Slice(pair.Offset, 2).ToArray());
                Assert.True(pairs.Child(1).IsNull(pair.Offset) && pairs.Child(1).Values<int>()[pair.Offset + 1] == 5);
                Assert.Equal(row % 3 == 0, batch.Columns[3].IsNull(i));
                Assert.True(row % 3 == 0 || batch.Columns[3].Values<long>()[i] == row);
            }
        }

        Assert.Equal(1000, row);
    }

    [Fact]
    public async Task Nested_defaults_are_those_of_the_fields()
    {
        var file = Write("""{"type":"record","name":"r","fields":[{"name":"i","type":"int","field-id":1}]}""", writer => writer.WriteInt(1));
        Schema wanted = new(0, [
            new(2, "s", false, new StructType([new(3, "a", false, IcebergType.Int) { InitialDefault = "5" }, new(4, "b", false, IcebergType.String)])) { InitialDefault = "{}" },
            new(5, "l", false, new ListType(6, IcebergType.Int, false)) { InitialDefault = "[1, null, 3]" },
            new(7, "n", false, new StructType([new(8, "a", false, IcebergType.Int) { InitialDefault = "5" }])),
        ]);
        var (_, batch) = await ReadAsync(file, wanted);
        Assert.False(batch.Columns[0].IsNull(0));
        Assert.Equal(5, batch.Columns[0].Child(0).Values<int>()[0]);
        Assert.True(batch.Columns[0].Child(1).IsNull(0));
        Assert.Equal((0, 3), batch.Columns[1].List(0));
        Assert.Equal(3, batch.Columns[1].Child(0).Values<int>()[2]);
        Assert.True(batch.Columns[2].IsNull(0));
    }

    [Theory]
    [InlineData("\"string\"", "int")]
    [InlineData("\"long\"", "int")]
    [InlineData("\"double\"", "float")]
    [InlineData("""{"type":"bytes","logicalType":"decimal","precision":9,"scale":3}""", "decimal(9, 2)")]
    [InlineData("""{"type":"fixed","name":"x","size":3}""", "fixed[4]")]
    [InlineData("""{"type":"array","items":"int"}""", "string")]
    public async Task Types_that_the_column_can_not_come_from_are_refused(string avro, string type)
    {
        var file = Write($$"""{"type":"record","name":"r","fields":[{"name":"c","type":{{avro}},"field-id":1}]}""");
        var error = await Assert.ThrowsAsync<LakehouseException>(() => ReadAsync(file, new Schema(0, [new(1, "c", false, TypeJson.ParsePrimitive(type))])));
        Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
        Assert.Contains("column c", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_required_column_without_any_value_is_refused()
    {
        var file = Write("""{"type":"record","name":"r","fields":[{"name":"i","type":"int","field-id":1}]}""");
        var error = await Assert.ThrowsAsync<LakehouseException>(() => ReadAsync(file, new Schema(0, [new(2, "needed", true, IcebergType.Int)])));
        Assert.Contains("needed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variants_come_as_JSON()
    {
        var file = Write(
            """{"type":"record","name":"r","fields":[{"name":"v","type":["null",{"type":"record","name":"variant","logicalType":"variant","fields":[{"name":"metadata","type":"bytes"},{"name":"value","type":"bytes"}]}],"field-id":1}]}""",
            writer => writer.WriteLong(0),
            writer =>
            {
                writer.WriteLong(1);
                writer.WriteBytes([0x01, 1, 0, 1, (byte)'a']);
                writer.WriteBytes([0x02, 1, 0, 0, 2, 0x0C, 7]);
            });
        var (_, batch) = await ReadAsync(file, new Schema(0, [new(1, "v", false, IcebergType.Variant)]));
        Assert.True(batch.Columns[0].IsNull(0));
        Assert.Equal("""{"a":7}""", Text(batch.Columns[0], 1));
    }

    private static string? Text(ColumnVector column, int row) => column.IsNull(row) ? null : Encoding.UTF8.GetString(column.Bytes(row));

    private static async Task<(AvroDataReader Reader, ColumnBatch Batch)> ReadAsync(byte[] file, Schema schema, NameMapping? mapping = null)
    {
        var reader = await AvroDataReader.OpenAsync(new MemoryStream(file), "test", schema, mapping, cancellationToken: Stop);
        return (reader, (await reader.NextAsync(Stop))!);
    }

    private static byte[] Write(string schema, params Action<AvroWriter>[] rows)
    {
        var file = new AvroContainerWriter(schema, [], AvroCodec.Snappy);
        foreach (var row in rows)
        {
            row(file.Body);
            file.EndObject();
        }

        return file.Finish();
    }
}
