using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Conformance.Catalog;

/// <summary>A table as an Iceberg client holds it: what it loaded, and the requirements of commits that build on that, as the reference client states them.</summary>
internal sealed class ClientTable
{
    readonly JsonElement metadata;

    /// <param name="loaded">An answer with <c>metadata</c>.</param>
    public ClientTable(JsonElement loaded)
    {
        metadata = loaded.GetProperty("metadata");
        MetadataLocation = loaded.TryGetProperty("metadata-location", out var location) ? location.GetString() : null;
    }

    public string? MetadataLocation { get; }

    public JsonElement Metadata => metadata;

    public string Uuid => metadata.GetProperty("table-uuid").GetString()!;

    public string Location => metadata.GetProperty("location").GetString()!;

    public int FormatVersion => metadata.GetProperty("format-version").GetInt32();

    public int LastColumnId => metadata.GetProperty("last-column-id").GetInt32();

    public int LastPartitionId => metadata.GetProperty("last-partition-id").GetInt32();

    public long LastSequenceNumber => metadata.TryGetProperty("last-sequence-number", out var number) ? number.GetInt64() : 0;

    public long NextRowId => metadata.TryGetProperty("next-row-id", out var id) ? id.GetInt64() : 0;

    public int CurrentSchemaId => metadata.GetProperty("current-schema-id").GetInt32();

    public int DefaultSpecId => metadata.GetProperty("default-spec-id").GetInt32();

    public int DefaultSortOrderId => metadata.GetProperty("default-sort-order-id").GetInt32();

    public JsonElement Schema => metadata.GetProperty("schemas").EnumerateArray().Single(s => s.GetProperty("schema-id").GetInt32() == CurrentSchemaId);

    public JsonElement Spec => metadata.GetProperty("partition-specs").EnumerateArray().Single(s => s.GetProperty("spec-id").GetInt32() == DefaultSpecId);

    public JsonElement SortOrder => metadata.GetProperty("sort-orders").EnumerateArray().Single(s => s.GetProperty("order-id").GetInt32() == DefaultSortOrderId);

    public IReadOnlyDictionary<string, string> Properties => metadata.GetProperty("properties").Deserialize<Dictionary<string, string>>()!;

    /// <summary>The columns as <c>id:name:type</c>.</summary>
    public IReadOnlyList<string> Columns => Schema.GetProperty("fields").EnumerateArray().Select(f => $"{f.GetProperty("id")}:{f.GetProperty("name")}:{f.GetProperty("type")}").ToList();

    /// <summary>The partition fields as <c>source:name:transform</c>.</summary>
    public IReadOnlyList<string> Partitioning => Spec.GetProperty("fields").EnumerateArray().Select(f => $"{f.GetProperty("source-id")}:{f.GetProperty("name")}:{f.GetProperty("transform")}").ToList();

    /// <summary>The sort fields as <c>source:transform:direction</c>.</summary>
    public IReadOnlyList<string> Sorting => SortOrder.GetProperty("fields").EnumerateArray().Select(f => $"{f.GetProperty("source-id")}:{f.GetProperty("transform")}:{f.GetProperty("direction")}").ToList();

    public IReadOnlyList<int> SchemaIds => Ids("schemas", "schema-id");

    public IReadOnlyList<int> SpecIds => Ids("partition-specs", "spec-id");

    public IReadOnlyList<long> SnapshotIds => metadata.TryGetProperty("snapshots", out var list) ? list.EnumerateArray().Select(s => s.GetProperty("snapshot-id").GetInt64()).ToList() : [];

    public IReadOnlyList<long> SnapshotLog => metadata.TryGetProperty("snapshot-log", out var list) ? list.EnumerateArray().Select(s => s.GetProperty("snapshot-id").GetInt64()).ToList() : [];

    public IReadOnlyList<string> MetadataLog => metadata.TryGetProperty("metadata-log", out var list) ? list.EnumerateArray().Select(s => s.GetProperty("metadata-file").GetString()!).ToList() : [];

    /// <summary>The snapshots of a branch, newest first, back to its first.</summary>
    public IReadOnlyList<long> History(string branch = "main")
    {
        var parents = metadata.TryGetProperty("snapshots", out var list)
            ? list.EnumerateArray().ToDictionary(s => s.GetProperty("snapshot-id").GetInt64(), s => s.TryGetProperty("parent-snapshot-id", out var parent) ? parent.GetInt64() : (long?)null)
            : [];
        var history = new List<long>();
        for (var at = Ref(branch); at is { } id; at = parents.GetValueOrDefault(id))
        {
            history.Add(id);
        }

        return history;
    }

    /// <summary>The snapshot that a branch or tag is at, or null.</summary>
    public long? Ref(string name) => metadata.TryGetProperty("refs", out var refs) && refs.TryGetProperty(name, out var reference) ? reference.GetProperty("snapshot-id").GetInt64() : null;

    /// <summary>The body of a commit on what was loaded.</summary>
    public string Commit(params JsonObject[] updates) => Body(Requirements(updates, isReplacement: false), updates);

    /// <summary>The body of a commit that replaces the table: it has to be this one, but need not have stayed as it was.</summary>
    public string Replace(params JsonObject[] updates) => Body(Requirements(updates, isReplacement: true), updates);

    /// <summary>The body of a commit that creates what was staged, with further updates.</summary>
    public string Create(params JsonObject[] updates) => Body([new JsonObject { ["type"] = "assert-create" }], [.. CreateUpdates(), .. updates]);

    /// <summary>A change within a transaction over several tables.</summary>
    public JsonObject Change(string[] ns, string name, params JsonObject[] updates) => new()
    {
        ["identifier"] = new JsonObject { ["namespace"] = new JsonArray([.. ns.Select(level => JsonValue.Create(level))]), ["name"] = name },
        ["requirements"] = new JsonArray([.. Requirements(updates, isReplacement: false)]),
        ["updates"] = new JsonArray([.. updates.Select(u => u.DeepClone())]),
    };

    /// <summary>A new snapshot on a branch, built on what was loaded.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="branch">The branch.</param>
    /// <param name="isFirst">Whether it has no parent, though the branch has snapshots: as when a table is replaced.</param>
    /// <param name="sequence">How many snapshots of the same commit come before it.</param>
    public JsonObject[] Append(long id, string branch = "main", bool isFirst = false, int sequence = 0)
    {
        var snapshot = new JsonObject
        {
            ["snapshot-id"] = id,
            ["sequence-number"] = LastSequenceNumber + 1 + sequence,
            ["timestamp-ms"] = metadata.GetProperty("last-updated-ms").GetInt64() + 1 + sequence,
            ["manifest-list"] = $"{Location}/metadata/snap-{id}.avro",
            ["summary"] = new JsonObject { ["operation"] = "append" },
            ["schema-id"] = CurrentSchemaId,
        };
        if (!isFirst && Ref(branch) is { } parent)
        {
            snapshot["parent-snapshot-id"] = parent;
        }

        if (FormatVersion >= 3)
        {
            snapshot["first-row-id"] = NextRowId + sequence;
            snapshot["added-rows"] = 1;
        }

        return [new JsonObject { ["action"] = "add-snapshot", ["snapshot"] = snapshot }, Updates.SetRef(branch, id)];
    }

    JsonObject[] CreateUpdates() =>
    [
        new JsonObject { ["action"] = "assign-uuid", ["uuid"] = Uuid },
        new JsonObject { ["action"] = "upgrade-format-version", ["format-version"] = FormatVersion },
        Updates.AddSchema(Schema),
        Updates.SetSchema(),
        Updates.AddSpec(Spec),
        Updates.SetSpec(),
        Updates.AddSortOrder(SortOrder),
        Updates.SetSortOrder(),
        new JsonObject { ["action"] = "set-location", ["location"] = Location },
        Updates.SetProperties([.. Properties.Select(p => (p.Key, p.Value))]),
    ];

    List<JsonObject> Requirements(IReadOnlyList<JsonObject> updates, bool isReplacement)
    {
        var found = new List<JsonObject> { new() { ["type"] = "assert-table-uuid", ["uuid"] = Uuid } };
        foreach (var update in updates)
        {
            found.AddRange(((string)update["action"]!, isReplacement) switch
            {
                ("add-schema", _) => [Assert("assert-last-assigned-field-id", "last-assigned-field-id", LastColumnId)],
                ("add-spec", _) => [Assert("assert-last-assigned-partition-id", "last-assigned-partition-id", LastPartitionId)],
                ("set-current-schema", false) => [Assert("assert-current-schema-id", "current-schema-id", CurrentSchemaId)],
                ("set-default-spec", false) => [Assert("assert-default-spec-id", "default-spec-id", DefaultSpecId)],
                ("set-default-sort-order", false) => [Assert("assert-default-sort-order-id", "default-sort-order-id", DefaultSortOrderId)],
                ("set-snapshot-ref", false) => [AssertRef((string)update["ref-name"]!)],
                ("remove-partition-specs", _) => [Assert("assert-default-spec-id", "default-spec-id", DefaultSpecId), .. Branches().Select(AssertRef)],
                ("remove-schemas", _) => [Assert("assert-current-schema-id", "current-schema-id", CurrentSchemaId), .. Branches().Select(AssertRef)],
                _ => Array.Empty<JsonObject>(),
            });
        }

        return found.DistinctBy(requirement => requirement.ToJsonString()).ToList();
    }

    IEnumerable<string> Branches() => metadata.TryGetProperty("refs", out var refs)
        ? refs.EnumerateObject().Where(r => r.Value.GetProperty("type").GetString() == "branch").Select(r => r.Name)
        : [];

    JsonObject AssertRef(string name) => new() { ["type"] = "assert-ref-snapshot-id", ["ref"] = name, ["snapshot-id"] = Ref(name) };

    List<int> Ids(string list, string id) => metadata.GetProperty(list).EnumerateArray().Select(s => s.GetProperty(id).GetInt32()).Order().ToList();

    static JsonObject Assert(string type, string member, int value) => new() { ["type"] = type, [member] = value };

    static string Body(IEnumerable<JsonObject> requirements, IEnumerable<JsonObject> updates) =>
        new JsonObject { ["requirements"] = new JsonArray([.. requirements]), ["updates"] = new JsonArray([.. updates.Select(u => u.DeepClone())]) }.ToJsonString();
}
