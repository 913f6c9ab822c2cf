using System.Text.RegularExpressions;
using LakeAspire.Testing;

namespace LakeAspire.Architecture.Tests;

public partial class SourceTests
{
    [Fact]
    public void Event_ids_of_logs_are_unique()
    {
        var ids = SourceTree.Files("*.cs").Where(path => !SourceTree.IsTestOrBench(path))
            .SelectMany(path => EventId().Matches(File.ReadAllText(path)).Select(match => (Id: int.Parse(match.Groups[1].Value), Path: Path.GetRelativePath(Repository.Root, path))))
            .GroupBy(found => found.Id).ToList();
        Assert.NotEmpty(ids);
        Assert.All(ids, group => Assert.True(group.Count() == 1, $"event id {group.Key} is used in {string.Join(" and ", group.Select(found => found.Path))}"));
    }

    [Fact]
    public void Folders_are_named_by_feature()
    {
        string[] empty = ["Helpers", "Utils", "Common", "Models", "Services", "Misc"];
        Assert.All(SourceTree.Files("*.cs"), path => Assert.DoesNotContain(Path.GetFileName(Path.GetDirectoryName(path)!), empty));
    }

    [Fact]
    public void Source_files_stay_one_thing() =>
        Assert.All(SourceTree.Files("*.cs").Where(path => !path.Contains("Migrations", StringComparison.Ordinal)), path =>
            Assert.True(File.ReadLines(path).Count() <= 500, $"{Path.GetRelativePath(Repository.Root, path)} has more than 500 lines"));

    [Fact]
    public void Lock_files_record_no_download_addresses() =>
        Assert.All(SourceTree.Files("package-lock.json"), path => Assert.DoesNotContain("\"resolved\": \"http", File.ReadAllText(path)));

    [GeneratedRegex(@"EventId\s*=\s*(\d+)")]
    private static partial Regex EventId();
}
