using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Locations;

public sealed class TableLocationTests
{
    [Fact]
    public void Files_lie_below_the_table_unless_its_properties_say_otherwise()
    {
        var table = Tables.Unpartitioned();
        Assert.Equal("memory://lake/t/data/a.parquet", TableLocations.DataFile(table, "", "a.parquet"));
        Assert.Equal("memory://lake/t/data/day=1/a.parquet", TableLocations.DataFile(table, "day=1", "a.parquet"));
        Assert.Equal("memory://lake/t/metadata/00003-11111111-2222-3333-4444-555555555555.metadata.json", TableLocations.MetadataFile(table, 3, table.TableUuid));
        var moved = Tables.Unpartitioned(("write.data.path", "memory://other/"), ("write.metadata.path", "meta"));
        Assert.Equal("memory://other/a.parquet", TableLocations.DataFile(moved, "", "a.parquet"));
        Assert.Equal("memory://lake/t/meta", TableLocations.MetadataFolder(moved));
    }

    [Theory]
    [InlineData("memory://a/metadata/00003-x.metadata.json", 3)]
    [InlineData("memory://a/metadata/v12.metadata.json", 12)]
    [InlineData("v7.gz.metadata.json", 7)]
    [InlineData("memory://a/metadata/x.metadata.json", null)]
    public void Versions_are_read_from_names(string location, int? version) => Assert.Equal(version, TableLocations.VersionOf(location));

    [Theory]
    [InlineData("file:/a/b", "/a/b")]
    [InlineData("file:///a/b", "/a/b")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("s3://a/b", "s3://a/b")]
    public void Spellings_of_one_location_are_one(string location, string normal) => Assert.Equal(normal, TableLocations.Normalize(location));
}
