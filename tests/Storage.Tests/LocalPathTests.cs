using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Testing;
using Lakehouse.Formats;

namespace Lakehouse.Storage.Tests;

public sealed class LocalPathTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("file:///a/b", "/a/b")]
    [InlineData("file:/a/b", "/a/b")]
    [InlineData("FILE:///a/b/", "/a/b")]
    [InlineData("file://localhost/a/b", "/a/b")]
    [InlineData("file:///a%20b/%C3%A9", "/a b/é")]
    [InlineData("file:///a b/c+d", "/a b/c+d")]
    [InlineData("file:///", "/")]
    public void Locations_become_paths(string location, string path) => Assert.Equal(path, LocalPath.FromLocation(location));

    [Theory]
    [InlineData("/a b/é", "file:///a%20b/%C3%A9")]
    [InlineData("/lake/p=1/x-y_z.parquet", "file:///lake/p=1/x-y_z.parquet")]
    [InlineData("/a/../b/", "file:///b")]
    [InlineData("/100%", "file:///100%25")]
    public void Paths_become_locations(string path, string location) => Assert.Equal(location, LocalPath.ToLocation(path));

    [Theory]
    [InlineData("s3://bucket/x", LakehouseErrorKind.Unsupported)]
    [InlineData("/a/b", LakehouseErrorKind.Unsupported)]
    [InlineData("file://server/share", LakehouseErrorKind.Unsupported)]
    [InlineData("file:a/b", LakehouseErrorKind.InvalidData)]
    [InlineData("file:///a/%zz", LakehouseErrorKind.InvalidData)]
    [InlineData("file:///a/%4", LakehouseErrorKind.InvalidData)]
    [InlineData("file:///a/%ff", LakehouseErrorKind.InvalidData)]
    [InlineData("file:///a/../b", LakehouseErrorKind.Denied)]
    [InlineData("file:///a/%2e%2e/b", LakehouseErrorKind.Denied)]
    [InlineData("file:///a%2Fb", LakehouseErrorKind.Denied)]
    [InlineData("file:///a%00", LakehouseErrorKind.Denied)]
    public void What_is_no_local_location_is_refused(string location, LakehouseErrorKind kind) =>
        Assert.Equal(kind, Assert.Throws<LakehouseException>(() => LocalPath.FromLocation(location)).Kind);

    [Fact]
    public void Every_path_survives_the_way_there_and_back()
    {
        output.WriteLine($"seed {Soak.Seed}");
        var segment = ArbMap.Default.GeneratorFor<NonEmptyString>()
            .Select(s => string.Concat(s.Get.Where(c => c is not ('/' or '\\' or '\0') && !char.IsSurrogate(c))))
            .Where(s => s is not ("" or "." or ".."));
        var path = segment.NonEmptyListOf().Select(parts => "/" + string.Join('/', parts));
        Prop.ForAll(path.ToArbitrary(), p => LocalPath.FromLocation(LocalPath.ToLocation(p)) == p)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Soak.Scale(5000)).WithReplay((ulong)Soak.Seed, 1));
    }
}
