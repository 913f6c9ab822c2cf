using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Tables about tables, against what Spark shows of its own: what the specification fixes.</summary>
public sealed partial class GoldenInspectionTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_those_of_the_writer()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var golden in new[] { "spark-iceberg", "spark-iceberg-v3", "flink-iceberg", "pyiceberg" })
        {
            foreach (var file in Directory.GetFiles(Needs.Golden(golden), "case.json", SearchOption.AllDirectories))
            {
                var folder = Path.GetDirectoryName(file)!;
                var facts = JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!;
                foreach (var read in facts["reads"]!.AsArray().OfType<JsonObject>().Where(read => read.ContainsKey("metadataTable") && !read.ContainsKey("select") && !read.ContainsKey("where")))
                {
                    await CompareAsync(folder, facts, read);
                    var name = (string)read["metadataTable"]!;
                    counts[name] = counts.GetValueOrDefault(name) + 1;
                }
            }
        }

        output.WriteLine(string.Join(", ", counts.Select(pair => $"{pair.Key}: {pair.Value}")));
        Assert.True(counts.Count >= 6);
    }

    private static async Task CompareAsync(string folder, JsonNode facts, JsonObject read)
    {
        var moved = new List<(string From, string To)> { ((string)facts["location"]!, "table") };
        moved.AddRange(facts["otherLocations"]?.AsObject().Select(pair => (pair.Key, (string)pair.Value!)) ?? []);
        var table = await TableFolder.OpenAsync(new FolderStore(folder), $"file://{folder}/table", [.. moved.Select(pair => new Formats.IO.Relocation(pair.From, $"file://{folder}/{pair.To}"))], Stop);
        var at = read["at"]!.AsObject();
        var snapshot = at.ContainsKey("snapshot") ? SnapshotSelection.Select(table.Metadata, new SnapshotSelector.ById((long)at["snapshot"]!)).Snapshot : null;
        var shown = Inspection.Open(table.Store, table.Metadata, (string)read["metadataTable"]!, snapshot);
        var columns = read["types"]!.AsObject().Select(pair => pair.Key).ToList();
        var found = new List<string>();
        await foreach (var row in shown.Rows.WithCancellation(Stop))
        {
            using var stream = new MemoryStream();
            await using (var json = new Utf8JsonWriter(stream))
            {
                InspectionJson.WriteRow(json, shown, row);
            }

            found.Add(Text(JsonNode.Parse(stream.ToArray())!.AsObject(), columns));
        }

        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "rows", $"{(string)read["name"]!}.ndjson"), Stop);
        var expected = lines.Select(line => Text(JsonNode.Parse(line)!.AsObject(), columns)).Order(StringComparer.Ordinal).ToList();
        found.Sort(StringComparer.Ordinal);
        Assert.True(expected.SequenceEqual(found, StringComparer.Ordinal), $"{folder} {(string)read["name"]!}\n{expected.Except(found, StringComparer.Ordinal).FirstOrDefault()}\n{found.Except(expected, StringComparer.Ordinal).FirstOrDefault()}");
    }

    private static string Text(JsonObject row, List<string> columns) => string.Join(" ", columns.Select(column => $"{column}={Canonical(row[column])}"));

    private static string Canonical(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject members => $"{{{string.Join(",", members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Canonical(member.Value)}"))}}}",
        JsonArray { Count: > 0 } map when map.All(item => item is JsonArray { Count: 2 }) =>
            $"<{string.Join(",", map.Select(Canonical).Order(StringComparer.Ordinal))}>",
        JsonArray items => $"[{string.Join(",", items.Select(Canonical))}]",
        _ when node.GetValueKind() == JsonValueKind.String => Time().Replace((string)node!, "${time}"),
        _ when node.GetValueKind() == JsonValueKind.Number => ((float)node.AsValue().GetValue<double>()).ToString("R", CultureInfo.InvariantCulture),
        _ => node.ToJsonString(),
    };

    [System.Text.RegularExpressions.GeneratedRegex(@"^(?<time>(\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d(\.\d*[1-9])?)\.?0*(Z|\+00:00)?$", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, 1000)]
    private static partial System.Text.RegularExpressions.Regex Time();
}
