using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Maintenance;

namespace Lakehouse.Tables.Tests.Maintenance;

/// <summary>All spellings of one file have one key.</summary>
public sealed class LocationKeyTests
{
    [Theory]
    [InlineData("file:///a/p=x+y/b c.parquet", "file:/a/p=x%2By/b%20c.parquet", "/a/p=x+y/b c.parquet", "FILE://localhost/a//p=x%252By/b%2520c.parquet")]
    [InlineData("s3://b/a/x y", "s3a://b/a/x%20y", "s3n://b//a/x%2520y")]
    [InlineData("abfss://c@h/a/1:2", "az://c@h/a/1%3A2")]
    [InlineData("file:///a/é", "/a/%C3%A9", "file:/a/%25C3%25A9")]
    [InlineData("/a/100%/x", "file:///a/100%25/x")]
    public void Spellings_of_one_file_have_one_key(params string[] spellings)
    {
        var key = Assert.Single(spellings.Select(LocationKey.Of).Distinct(StringComparer.Ordinal));
        Assert.Equal(key, LocationKey.Of(key));
    }

    [Theory]
    [InlineData("file:///a/b", "file:///a/c")]
    [InlineData("s3://a/b", "file:///a/b")]
    [InlineData("s3://a/b", "s3://a/b/c")]
    [InlineData("file:///a/B", "file:///a/b")]
    public void Different_files_have_different_keys(string one, string other) => Assert.NotEqual(LocationKey.Of(one), LocationKey.Of(other));
}
