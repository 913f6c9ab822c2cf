using System.Text.Json;
using LakeAspire.Testing;

namespace LakeAspire.Cli.Tests;

/// <summary>Tables read from their folders, by the real executable, without any installation.</summary>
public sealed class FolderTests : IDisposable
{
    readonly TempFolder folder = new();

    static string Iceberg => Path.Combine(Needs.Golden("spark-iceberg"), "types-parquet", "table");

    static string Branches => Path.Combine(Needs.Golden("spark-iceberg"), "branches-tags", "table");

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Rows_come_as_a_table_and_as_JSON_that_loses_nothing()
    {
        var table = await RunAsync("scan", Branches, "--ref", "main");
        var json = await RunAsync("scan", Iceberg, "--where", "id = 1", "--json");

        Assert.Equal(0, table.Code);
        Assert.Contains("data files opened", table.Complaint, StringComparison.Ordinal);
        var row = JsonDocument.Parse(Assert.Single(json.Lines)).RootElement;
        Assert.Equal("99999999999999.9999", row.GetProperty("d18").GetString());
        Assert.Equal("9999-12-31T23:59:59.999999Z", row.GetProperty("ts").GetString());
        Assert.Equal("ffffffff", row.GetProperty("b").GetString());
    }

    [Theory]
    [InlineData("rows.json")]
    [InlineData("rows.csv")]
    [InlineData("rows.parquet")]
    public async Task Rows_go_into_files(string name)
    {
        var ended = await RunAsync("scan", Iceberg, "--columns", "id,s", "--limit", "3", "--output", folder.Below(name));

        Assert.Equal((0, ""), (ended.Code, ended.Output));
        Assert.Contains("3 rows written", ended.Complaint, StringComparison.Ordinal);
        Assert.Equal([name], Directory.EnumerateFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_column_that_is_not_there_is_named_with_those_that_are()
    {
        var ended = await RunAsync("scan", Iceberg, "--columns", "nope");

        Assert.Equal(2, ended.Code);
        Assert.Contains("There is no column nope; there are id, flag", ended.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task States_exclude_one_another_and_must_exist()
    {
        var two = await RunAsync("scan", Branches, "--ref", "main", "--snapshot", "1");
        var none = await RunAsync("scan", Branches, "--ref", "mian");

        Assert.Equal(2, two.Code);
        Assert.Equal(1, none.Code);
        Assert.Contains("nearest: main", none.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_without_a_table_says_so()
    {
        var ended = await RunAsync("describe", folder.Path);

        Assert.Equal(1, ended.Code);
        Assert.Contains("no Iceberg table", ended.Complaint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_is_described_with_its_history()
    {
        var described = JsonDocument.Parse((await RunAsync("describe", Branches, "--json")).Output).RootElement;
        var history = (await RunAsync("history", Branches, "--json")).Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();

        Assert.Equal("Iceberg v2", described.GetProperty("format").GetString());
        Assert.Equal(history.Count, described.GetProperty("snapshots").GetInt32());
        Assert.Contains(history, commit => commit.GetProperty("refs").EnumerateArray().Any(name => name.GetString() == "main"));
        Assert.Contains("Branches, tags", (await RunAsync("describe", Branches)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sound_table_passes_the_check()
    {
        var ended = await RunAsync("check", Iceberg);

        Assert.Equal((0, ""), (ended.Code, ended.Output));
    }

    [Fact]
    public async Task The_check_lists_what_is_missing_changed_and_nobodys()
    {
        var table = Copy(Iceberg);
        var files = Directory.EnumerateFiles(table, "*.parquet", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToList();
        File.Delete(files[0]);
        await File.AppendAllTextAsync(files[1], "x");
        await File.WriteAllTextAsync(Path.Combine(table, "data", "nobodys.parquet"), "x");

        var ended = await RunAsync("check", table);

        Assert.Equal(1, ended.Code);
        Assert.Contains(ended.Lines, line => line.StartsWith("missing", StringComparison.Ordinal) && line.Contains(Path.GetFileName(files[0]), StringComparison.Ordinal));
        Assert.Contains(ended.Lines, line => line.StartsWith("different", StringComparison.Ordinal) && line.Contains(Path.GetFileName(files[1]), StringComparison.Ordinal));
        Assert.Contains(ended.Lines, line => line.StartsWith("orphan", StringComparison.Ordinal) && line.Contains("nobodys.parquet", StringComparison.Ordinal));
    }

    static Task<Ended> RunAsync(params string[] arguments) => Lake.RunAsync(Path.GetTempPath(), null, [], arguments);

    string Copy(string table)
    {
        var copy = folder.Below("table");
        foreach (var file in Directory.EnumerateFiles(table, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(table, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return copy;
    }
}
