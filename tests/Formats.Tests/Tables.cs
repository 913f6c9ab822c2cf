using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests;

/// <summary>Tables and files to test with.</summary>
internal static class Tables
{
    public static readonly DateTimeOffset Start = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static readonly Schema Schema = new(0, [
        new NestedField(1, "id", true, IcebergType.Long),
        new NestedField(2, "day", false, IcebergType.Date),
        new NestedField(3, "name", false, IcebergType.String),
    ]);

    public static TableMetadata Unpartitioned(params (string Name, string Value)[] properties) => Create(null, properties);

    public static TableMetadata ByDay(params (string Name, string Value)[] properties) =>
        Create(new PartitionSpec(0, [new PartitionField(2, 1000, "day", Transform.Identity)]), properties);

    public static DataFile File(string name, long rows = 10, params object?[] partition) => new()
    {
        FilePath = $"memory://lake/t/data/{name}.parquet",
        RecordCount = rows,
        FileSizeInBytes = rows * 100,
        Partition = partition,
    };

    public static TableMetadata Applied(TableCommitResult result) => Assert.IsType<TableCommitResult.Applied>(result).Metadata;

    public static TableMetadata Commit(TableMetadata metadata, PreparedSnapshot prepared, int minutes = 1) =>
        Applied(TableCommit.Apply(metadata, prepared.Requirements, prepared.Updates, new TableCommitContext(Start.AddMinutes(minutes), $"memory://lake/t/metadata/{minutes}.metadata.json")));

    private static TableMetadata Create(PartitionSpec? spec, (string Name, string Value)[] properties) => TableMetadata.Create(
        "memory://lake/t", Schema, spec, null, properties.ToDictionary(property => property.Name, property => property.Value), new Guid("11111111-2222-3333-4444-555555555555"), Start);
}
