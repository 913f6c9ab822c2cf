using System.Text.Json.Nodes;
using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Tables of other writers open by their folder alone, although they were moved.</summary>
public sealed class GoldenFolderTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("spark-iceberg")]
    [InlineData("spark-iceberg-v3")]
    [InlineData("flink-iceberg")]
    [InlineData("pyiceberg")]
    public async Task Every_table_opens_at_its_newest_state(string golden)
    {
        var (tables, files) = (0, 0);
        foreach (var file in Directory.GetFiles(Needs.Golden(golden), "case.json", SearchOption.AllDirectories))
        {
            var folder = Path.GetDirectoryName(file)!;
            var facts = JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!;
            var table = await TableFolder.OpenAsync(new FolderStore(folder), $"{folder}/table", null, Stop);
            Assert.Equal(TableLocations.Normalize((string)facts["location"]!), TableLocations.Normalize(table.Metadata.Location));

            // Its newest state has the files that its writer saw last.
            var elsewhere = facts["otherLocations"]?.AsObject().Select(pair => pair.Key).ToList() ?? [];
            if (table.Metadata.CurrentSnapshot is { } current)
            {
                await foreach (var scan in ScanPlanner.PlanFilesAsync(table.Store, table.Metadata, current, cancellationToken: Stop))
                {
                    Assert.True(elsewhere.Exists(other => scan.File.FilePath.Contains(other, StringComparison.Ordinal)) || await table.Store.StatAsync(scan.File.FilePath, Stop) is not null, scan.File.FilePath);
                    files++;
                }
            }

            Assert.DoesNotContain(table.Metadata.Snapshots, snapshot => snapshot.SequenceNumber > table.Metadata.LastSequenceNumber);
            tables++;
        }

        output.WriteLine($"{golden}: {tables} tables, {files} files");
        Assert.True(tables > 5);
    }
}
