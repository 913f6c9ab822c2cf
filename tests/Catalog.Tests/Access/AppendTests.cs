using System.Globalization;
using System.Net;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing.Catalog;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Who may only append adds snapshots to branches, and changes nothing else of them.</summary>
public sealed class AppendTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    const string Table = "iceberg/v1/namespaces/gold/tables/t";

    static readonly Schema Columns = new(0, [new NestedField(1, "id", Required: false, IcebergType.Long)]);
    static readonly SnapshotRef At1 = new(1, SnapshotRefType.Branch);

    [Fact]
    public void References_go_forward_over_appends_and_keep_their_retention()
    {
        var before = Of(new() { ["main"] = At1, ["audit"] = At1 with { MaxRefAgeMs = 5 }, ["v1"] = new(1, SnapshotRefType.Tag) }, (1, null, "append"));
        Assert.True(Holds(before.Refs, (2, 1, "append")));
        Assert.True(Holds(With("main", At1 with { SnapshotId = 2 }), (2, 1, "append")));
        Assert.True(Holds(With("main", At1 with { SnapshotId = 3 }), (2, 1, "append"), (3, 2, "append")));
        Assert.True(Holds(With("audit", before.Refs["audit"] with { SnapshotId = 2 }), (2, 1, "append")));
        Assert.False(Holds(With("main", At1 with { SnapshotId = 2 }), (2, 1, "overwrite")));
        Assert.False(Holds(With("main", At1 with { SnapshotId = 3 }), (2, 1, "delete"), (3, 2, "append")));
        Assert.False(Holds(With("main", At1 with { SnapshotId = 2 }), (2, null, "append")));
        Assert.False(Holds(With("main", At1 with { MinSnapshotsToKeep = 1 })));
        Assert.False(Holds(With("audit", At1 with { SnapshotId = 2 }), (2, 1, "append")));
        Assert.False(Holds(With("main", At1 with { Type = SnapshotRefType.Tag })));
        Assert.False(Holds(With("v1", new SnapshotRef(2, SnapshotRefType.Tag)), (2, 1, "append")));
        Assert.False(Holds(With("new", At1)));
        Assert.False(Holds(before.Refs.Where(r => r.Key != "v1").ToDictionary()));

        bool Holds(IReadOnlyDictionary<string, SnapshotRef> refs, params (long Id, long? Parent, string Operation)[] added) =>
            AppendRule.Holds(before, Of(new(refs, StringComparer.Ordinal), [(1, null, "append"), .. added]));
        Dictionary<string, SnapshotRef> With(string name, SnapshotRef reference) => new(before.Refs, StringComparer.Ordinal) { [name] = reference };
    }

    [Fact]
    public void The_first_append_makes_main_and_no_other_branch()
    {
        var empty = Of([]);
        Assert.True(AppendRule.Holds(empty, Of(new() { ["main"] = At1 }, (1, null, "append"))));
        Assert.False(AppendRule.Holds(empty, Of(new() { ["dev"] = At1 }, (1, null, "append"))));
        Assert.False(AppendRule.Holds(empty, Of(new() { ["main"] = At1 with { MaxSnapshotAgeMs = 1 } }, (1, null, "append"))));
        Assert.False(AppendRule.Holds(empty, Of(new() { ["main"] = At1 }, (1, null, "overwrite"))));
    }

    [Fact]
    public async Task Retention_is_not_changed_along_with_an_append()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "t");
        var (name, _, client) = await server.CreateServiceAsync();
        await server.GrantAsync(name, "append", "gold", "t");
        await AppendAsync(server, client, 1, null, "", HttpStatusCode.OK);
        await AppendAsync(server, client, 2, 1, ",\"min-snapshots-to-keep\":1,\"max-snapshot-age-ms\":1", HttpStatusCode.Forbidden);
        await AppendAsync(server, client, 2, 1, ",\"max-ref-age-ms\":1", HttpStatusCode.Forbidden);
        await AppendAsync(server, client, 2, 1, "", HttpStatusCode.OK);
        await server.GrantAsync(name, "modify", "gold", "t");
        await AppendAsync(server, client, 3, 2, ",\"min-snapshots-to-keep\":7", HttpStatusCode.OK);

        // What is set stays set only if the append says so again.
        var (other, _, appender) = await server.CreateServiceAsync();
        await server.GrantAsync(other, "append", "gold", "t");
        await AppendAsync(server, appender, 4, 3, "", HttpStatusCode.Forbidden);
        await AppendAsync(server, appender, 4, 3, ",\"min-snapshots-to-keep\":7", HttpStatusCode.OK);
    }

    static async Task AppendAsync(CatalogServer server, HttpClient client, long id, long? parent, string retention, HttpStatusCode expected)
    {
        var list = (await server.User.GetJsonAsync("api/tables/gold/t"))["location"]!.GetValue<string>() + $"/metadata/{Guid.NewGuid():N}.avro";
        var snapshot = new Snapshot { SnapshotId = id, ParentSnapshotId = parent, SequenceNumber = id, TimestampMs = 0, Summary = new Dictionary<string, string>() };
        await server.Store.PutAsync(list, new MemoryStream(ManifestListWriter.Write(snapshot, [])), TestContext.Current.CancellationToken);
        var before = parent?.ToString(CultureInfo.InvariantCulture) ?? "null";
        var parentage = parent is null ? "" : $"\"parent-snapshot-id\":{before},";
        await client.SendAsync(HttpMethod.Post, Table, expected, $$$"""
            {"requirements":[{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":{{{before}}}}],
             "updates":[{"action":"add-snapshot","snapshot":{"snapshot-id":{{{id}}},{{{parentage}}}"sequence-number":{{{id}}},"timestamp-ms":{{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}},
               "manifest-list":"{{{list}}}","schema-id":0,"summary":{"operation":"append"} }},{"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":{{{id}}}{{{retention}}} }]}
            """);
    }

    static TableMetadata Of(Dictionary<string, SnapshotRef> refs, params (long Id, long? Parent, string Operation)[] snapshots) =>
        TableMetadata.Create("file:///w/t", Columns, null, null, null, Guid.Empty, DateTimeOffset.UnixEpoch) with
        {
            Refs = refs,
            Snapshots = [.. snapshots.Select(s => new Snapshot { SnapshotId = s.Id, ParentSnapshotId = s.Parent, TimestampMs = 0, Summary = new Dictionary<string, string> { ["operation"] = s.Operation } })],
        };
}
