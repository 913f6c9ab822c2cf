using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Tests;

public sealed class PartitionedWriteTests : IDisposable
{
    const string Rows = """
        SELECT
          i::INTEGER AS "int", (i * 1000003) - 70000 AS "long", TIMESTAMP '1969-12-30 00:30:00' + to_hours(i::INTEGER * 7) AS "timestamp",
          TIMESTAMPTZ '1969-12-30 00:30:00+00' + to_hours(i::INTEGER * 7) AS "timestamptz", DATE '1969-11-01' + i::INTEGER * 20 AS "date", TIME '00:00:00' + to_minutes(i) AS "time",
          CASE WHEN i % 10 = 0 THEN NULL WHEN i % 10 = 1 THEN repeat('long/=% ä', 50) || (i % 3) ELSE 'äöü' || (i % 7) END AS "string", CAST((i - 50) * 1.25 AS DECIMAL(10, 2)) AS "decimal(10, 2)",
          CAST((i - 50) * 1.25 AS DECIMAL(38, 20)) AS "decimal(38, 20)", md5(i::VARCHAR)::UUID AS "uuid", from_hex(md5(i::VARCHAR)) AS "binary", i % 2 = 0 AS "boolean"
        FROM range(100) t(i)
        """;

    static readonly Schema Schema = new(0,
    [
        .. new IcebergType[]
        {
            IcebergType.Int, IcebergType.Long, IcebergType.Timestamp, IcebergType.TimestampTz, IcebergType.Date, IcebergType.Time, IcebergType.String, new DecimalType(10, 2), new DecimalType(38, 20),
            IcebergType.Uuid, IcebergType.Binary, IcebergType.Boolean,
        }.Select((type, index) => new NestedField(index + 1, type.ToString()!, false, type)),
    ]);

    readonly Lake lake = new();

    public void Dispose() => lake.Dispose();

    public static TheoryData<string, string> Transforms
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var column in Schema.Fields)
            {
                foreach (var transform in new[] { "identity", "bucket[5]", "truncate[3]", "year", "month", "day", "hour", "void" })
                {
                    if (Transform.Parse(transform).CanTransform(column.Type))
                    {
                        data.Add(column.Name, transform);
                    }
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Transforms))]
    public async Task EveryRowIsInThePartitionThatItsValueBelongsTo(string column, string transformText)
    {
        var source = Schema.FindColumn(column)!;
        var transform = Transform.Parse(transformText);
        var spec = new PartitionSpec(4, [new PartitionField(source.Id, 1000, "p", transform)]);
        var files = await lake.WriteAsync(Rows, Schema, spec);
        Assert.Equal(100, files.Sum(file => file.RecordCount));
        var partitions = new List<object?>();
        foreach (var file in files)
        {
            Assert.Equal(4, file.SpecId);
            var partition = Assert.Single(file.Partition);
            var rows = await lake.ReadAsync(Schema, [file], spec);
            Assert.Equal(file.RecordCount, rows.Count);
            Assert.All(rows, row => Assert.Equal(partition, transform.Apply(row[source.Id - 1], source.Type)));
            partitions.Add(partition is byte[] bytes ? Convert.ToHexString(bytes) : partition);
        }

        Assert.Equal(partitions.Count, partitions.Distinct().Count());
    }

    [Fact]
    public async Task SeveralFieldsSplitTogether()
    {
        var spec = new PartitionSpec(1, [new PartitionField(12, 1000, "even", Transform.Identity), new PartitionField(5, 1001, "gone", Transform.Void), new PartitionField(1, 1002, "b", Transform.Bucket(3))]);
        var files = await lake.WriteAsync(Rows, Schema, spec);
        Assert.Equal(6, files.Count);
        Assert.Equal(6, (await lake.WriteAsync(Rows, Schema, spec)).Count);
        Assert.All(files, file => Assert.True(file.Partition is [bool, null, int and >= 0 and < 3]));
        Assert.Equal(100, (await lake.ReadAsync(Schema, files, spec)).Count);
    }
}
