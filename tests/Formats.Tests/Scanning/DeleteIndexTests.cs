using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Scanning;

/// <summary>Which delete files apply (specification, "Scan Planning").</summary>
public sealed class DeleteIndexTests
{
    private static readonly PartitionSpec ByDay = Tables.ByDay().DefaultSpec;
    private readonly DeleteIndex index = new();

    [Fact]
    public void Equality_deletes_are_for_older_files_of_their_partition_or_for_all()
    {
        index.Add(Equality("e", 1), 5, ByDay);
        index.Add(Equality("g") with { SpecId = 1 }, 5, new PartitionSpec(1, []));
        Assert.Equal(["g", "e"], Names(Tables.File("d", 1, 1), 4));
        Assert.Equal(["g"], Names(Tables.File("d", 1, 2), 4));
        Assert.Empty(Names(Tables.File("d", 1, 1), 5));
    }

    [Fact]
    public void Position_deletes_are_for_files_of_their_own_commit_too()
    {
        index.Add(Positions("p", 1), 5, ByDay);
        Assert.Equal(["p"], Names(Tables.File("d", 1, 1), 5));
        Assert.Empty(Names(Tables.File("d", 1, 1), 6));
        Assert.Empty(Names(Tables.File("d", 1, 2), 5));
    }

    [Fact]
    public void Position_deletes_of_one_file_are_for_that_file()
    {
        index.Add(Positions("said", 1) with { ReferencedDataFile = Tables.File("d").FilePath }, 5, ByDay);
        var path = SingleValue.ToBytes(IcebergType.String, Tables.File("d").FilePath);
        var bounds = new Dictionary<int, byte[]> { [2147483546] = path };
        index.Add(Positions("bounded", 1) with { LowerBounds = bounds, UpperBounds = bounds }, 5, ByDay);
        Assert.Equal(["said", "bounded"], Names(Tables.File("d", 1, 1), 5));
        Assert.Empty(Names(Tables.File("other", 1, 1), 5));
        Assert.Empty(Names(Tables.File("d", 1, 2), 5));
    }

    /// <summary>Bounds of paths may be cut, and paths spelled in another way than in the manifest.</summary>
    [Theory]
    [InlineData("file:///lake/b", "file:///lake/c", "/lake/bb.parquet", true)]
    [InlineData("file:///lake/b", "file:///lake/c", "file:/lake/bb.parquet", true)]
    [InlineData("file:///lake/b", "file:///lake/c", "/lake/a.parquet", false)]
    [InlineData("/lake/b", "/lake/c", "file:///lake/d.parquet", false)]
    [InlineData("/lake/b", "/lake/c", "file:///lake/b.parquet", true)]
    [InlineData("/lake/b", "file:/lake/c", "/lake/a.parquet", true)]
    [InlineData("/lake/b", "s3://lake/c", "file:/lake/a.parquet", true)]
    [InlineData("file:/lake/b", "file:///lake/c", "/lake/z.parquet", true)]
    [InlineData("fil", "fim", "/lake/z.parquet", true)]
    [InlineData("s3://lake/b", "s3://lake/c", "s3://lake/d.parquet", false)]
    [InlineData("s3://lake/b", "s3://lake/c", "s3://lake/bb.parquet", true)]
    public void Position_deletes_of_several_files_are_for_those_between_their_bounds(string lower, string upper, string path, bool applies)
    {
        Dictionary<int, byte[]> Bound(string text) => new() { [2147483546] = SingleValue.ToBytes(IcebergType.String, text) };
        index.Add(Positions("p", 1) with { LowerBounds = Bound(lower), UpperBounds = Bound(upper) }, 5, ByDay);
        Assert.Equal(applies, Names(Tables.File("d", 1, 1) with { FilePath = path }, 5).Any());
    }

    [Fact]
    public void A_deletion_vector_takes_the_place_of_position_deletes()
    {
        var vector = Positions("v", 1) with { FileFormat = "PUFFIN", ReferencedDataFile = "file:///lake/d.parquet", ContentOffset = 4, ContentSizeInBytes = 40 };
        index.Add(vector, 7, ByDay);
        index.Add(Positions("p", 1), 6, ByDay);
        index.Add(Equality("e", 1), 8, ByDay);
        Assert.Equal(["e", "v"], Names(Tables.File("d", 1, 1) with { FilePath = "/lake/d.parquet" }, 5));
        Assert.Equal(["e", "p"], Names(Tables.File("other", 1, 1), 5));
        Assert.Throws<LakehouseException>(() => index.Add(vector with { ReferencedDataFile = null }, 7, ByDay));
    }

    private static DataFile Equality(string name, params object?[] partition) => Tables.File(name, 1, partition) with { Content = FileContent.EqualityDeletes, EqualityIds = [1] };

    private static DataFile Positions(string name, params object?[] partition) => Tables.File(name, 1, partition) with { Content = FileContent.PositionDeletes };

    private IEnumerable<string> Names(DataFile file, long sequenceNumber) => index.For(file, sequenceNumber).Select(delete => Path.GetFileNameWithoutExtension(delete.File.FilePath));
}
