using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Iceberg.Rest;

namespace LakeAspire.Catalog.Api.Tests.Planning;

/// <summary>Tables of a catalog whose snapshots name data files that nobody reads, and plans of them as a client fetches them.</summary>
internal static class PlannedTables
{
    public const string Schema =
        """
        {"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":true,"type":"long"},{"id":2,"name":"day","required":false,"type":"date"},{"id":3,"name":"Name","required":false,"type":"string"}]}
        """;

    /// <summary>Creates a table, partitioned by day.</summary>
    public static async Task CreateAsync(this HttpClient client, string ns, string table, int version = 2) => await client.SendAsync(
        HttpMethod.Post,
        $"iceberg/v1/namespaces/{ns}/tables",
        HttpStatusCode.OK,
        $$"""{"name":"{{table}}","schema":{{Schema}},"partition-spec":{"spec-id":0,"fields":[{"source-id":2,"field-id":1000,"name":"day","transform":"identity"}]},"properties":{"format-version":"{{version}}"} }""");

    /// <summary>The metadata of a table.</summary>
    public static async Task<TableMetadata> LoadAsync(this HttpClient client, string path) =>
        TableMetadataJson.Read(JsonSerializer.SerializeToElement((await client.GetJsonAsync(path))["metadata"]));

    /// <summary>Commits a change to a table, and gives its metadata after.</summary>
    public static async Task<TableMetadata> CommitAsync(this CatalogServer server, string path, Func<TableMetadata, SnapshotChange> change)
    {
        var metadata = await server.User.LoadAsync(path);
        var prepared = await SnapshotBuilder.PrepareAsync(server.Store, metadata, change(metadata), SnapshotContext.Random(TimeProvider.System));
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartArray("requirements");
            foreach (var requirement in prepared.Requirements)
            {
                TableRequirementJson.Write(json, requirement);
            }

            json.WriteEndArray();
            json.WriteStartArray("updates");
            foreach (var update in prepared.Updates)
            {
                TableUpdateJson.Write(json, update);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        var answer = await server.User.SendAsync(HttpMethod.Post, path, HttpStatusCode.OK, Encoding.UTF8.GetString(stream.ToArray()));
        return TableMetadataJson.Read(JsonSerializer.SerializeToElement(answer!["metadata"]));
    }

    /// <summary>A data file with statistics.</summary>
    public static DataFile File(TableMetadata metadata, string name, object? day, long from, int rows = 10) => new()
    {
        FilePath = $"{metadata.Location}/data/{name}.parquet",
        RecordCount = rows,
        FileSizeInBytes = rows * 100,
        Partition = [day],
        ValueCounts = new Dictionary<int, long> { [1] = rows, [3] = rows },
        NullValueCounts = new Dictionary<int, long> { [1] = 0, [3] = 1 },
        LowerBounds = new Dictionary<int, byte[]> { [1] = SingleValue.ToBytes(IcebergType.Long, from) },
        UpperBounds = new Dictionary<int, byte[]> { [1] = SingleValue.ToBytes(IcebergType.Long, from + rows - 1) },
    };

    /// <summary>A plan with all its tasks, as lines of a file and the deletes that apply to it.</summary>
    public static async Task<(List<string> Files, int Tasks)> FetchAsync(this HttpClient client, string path, TableMetadata metadata, string request)
    {
        var plan = (await client.SendAsync(HttpMethod.Post, path + "/plan", HttpStatusCode.OK, request))!;
        Assert.Equal("completed", plan["status"]!.GetValue<string>());
        Assert.NotEqual("", plan["plan-id"]!.GetValue<string>());
        var tasks = Read(plan, metadata);
        var files = Lines(tasks);
        foreach (var task in tasks.PlanTasks)
        {
            files.AddRange(Lines(Read((await client.SendAsync(HttpMethod.Post, path + "/tasks", HttpStatusCode.OK, new JsonObject { ["plan-task"] = task }.ToJsonString()))!, metadata)));
        }

        return (files, tasks.PlanTasks.Count);
    }

    public static ScanTasks Read(JsonNode answer, TableMetadata metadata) => ScanTasks.Read(JsonSerializer.SerializeToElement(answer), metadata);

    public static List<string> Lines(ScanTasks tasks) => [.. tasks.Files.Select(file => Line(file.File, file.Deletes))];

    public static string Line(DataFile file, IEnumerable<DataFile> deletes) =>
        $"{Path.GetFileName(file.FilePath)}: {string.Join(",", deletes.Select(delete => $"{Path.GetFileName(delete.FilePath)}@{delete.ContentOffset}").Order(StringComparer.Ordinal))}";
}
