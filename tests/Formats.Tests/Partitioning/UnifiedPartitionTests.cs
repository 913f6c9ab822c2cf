using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Partitioning;

public sealed class UnifiedPartitionTests
{
    private static readonly PartitionSpec First = new(0, [new(2, 1000, "day", Transform.Identity), new(1, 1001, "bucket", Transform.Bucket(4))]);

    [Fact]
    public void Fields_of_all_specs_stand_side_by_side()
    {
        var table = Tables.Unpartitioned() with
        {
            PartitionSpecs = [First, new(1, [new(1, 1001, "id_bucket", Transform.Bucket(4)), new(3, 1002, "name", Transform.Truncate(2))]), new(2, [new(2, 1000, "old_day", Transform.Void)])],
        };
        var partition = new UnifiedPartition(table);
        Assert.Equal(["old_day: date", "id_bucket: int", "name: string"], partition.Type.Fields.Select(field => $"{field.Name}: {field.Type}"));
        Assert.Equal([5, 3, null], partition.ValuesOf(Tables.File("a", 1, 5, 3)));
        Assert.Equal([null, 3, "ab"], partition.ValuesOf(Tables.File("b", 1, 3, "ab") with { SpecId = 1 }));
        Assert.Throws<LakehouseException>(() => partition.ValuesOf(Tables.File("c") with { SpecId = 7 }));
    }

    [Fact]
    public void One_id_with_two_meanings_is_refused()
    {
        var table = Tables.Unpartitioned() with { PartitionSpecs = [First, new(1, [new(3, 1000, "name", Transform.Identity)])] };
        Assert.Contains("share id 1000", Assert.Throws<LakehouseException>(() => new UnifiedPartition(table)).Message, StringComparison.Ordinal);
    }
}
