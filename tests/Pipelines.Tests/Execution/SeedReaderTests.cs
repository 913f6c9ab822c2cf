using LakeAspire.Testing;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Execution.Seeds;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Tests.Execution;

public sealed class SeedReaderTests
{
    [Theory]
    [InlineData("a\n1\n-2\n", "INTEGER")]
    [InlineData("a\n007\n", "INTEGER")]
    [InlineData("a\n3000000000\n", "BIGINT")]
    [InlineData("a\n1.5\n2\n", "DOUBLE")]
    [InlineData("a\n7.0\n", "INTEGER")]
    [InlineData("a,b\n,x\n", "INTEGER")]
    [InlineData("a\n2024-06-01\n", "DATE")]
    [InlineData("a\n2024-06-01 10:00:00\n", "TIMESTAMP")]
    [InlineData("a\n2024-06-01T10:00:00Z\n", "TIMESTAMP")]
    [InlineData("a\ntrue\nFalse\n", "BOOLEAN")]
    [InlineData("a\nNO\nGB\n", "VARCHAR")]
    [InlineData("a\n1\nx\n", "VARCHAR")]
    public void The_type_of_a_column_is_the_first_that_all_values_fit(string csv, string type) => Assert.Equal(type, Read(csv).Columns[0].Type);

    [Fact]
    public void Fields_are_read_as_they_stand()
    {
        var table = Read("\uFEFFid,say,more\r\n1,\"a, \"\"b\"\"\nc\",\r\n\r\n2,null,\"\"\n3\n");
        Assert.Equal(["id", "say", "more"], table.Columns.Select(c => c.Name));
        Assert.Equal([["1", "a, \"b\"\nc", null], ["2", "null", ""], ["3", null, null]], table.Rows.Select(r => r.Select(v => (string?)v).ToArray()));
    }

    [Fact]
    public void Types_and_delimiters_may_be_given()
    {
        var table = Read("id;price\n007;1,5\n", new JinjaDict(new Dictionary<string, object?> { ["delimiter"] = ";", ["column_types"] = new JinjaDict(new Dictionary<string, object?> { ["id"] = "varchar(3)" }) }));
        Assert.Equal([("id", "varchar(3)"), ("price", "VARCHAR")], table.Columns.Select(c => (c.Name, c.Type)));
    }

    [Theory]
    [InlineData("", "it has no line with the names of its columns")]
    [InlineData("a,\n1,2\n", "a column has no name")]
    [InlineData("a\n1,2\n", "row 1 has 2 fields, and there are 1 columns")]
    [InlineData("a\n1\n\"x\n", "line 3: the quoted field that begins there does not end")]
    public void What_is_no_table_is_said_with_its_place(string csv, string message)
    {
        var error = Assert.Throws<PipelineException>(() => Read(csv));
        Assert.Equal((message, "seeds/s.csv"), (error.Reason, error.File));
    }

    static Context.AdapterTable Read(string csv, JinjaDict? config = null)
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.Below("seeds"));
        File.WriteAllText(folder.Below("seeds/s.csv"), csv);
        return SeedReader.Read(new SeedNode
        {
            UniqueId = "seed.p.s", Name = "s", PackageName = "p", Path = "s.csv", OriginalFilePath = "seeds/s.csv", Fqn = ["p", "s"], Database = "lake", Schema = "main", Alias = "s", RootPath = folder.Path,
            Config = new NodeConfig(config ?? new JinjaDict()),
        });
    }
}
