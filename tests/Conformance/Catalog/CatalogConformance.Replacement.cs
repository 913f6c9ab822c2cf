using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace LakeAspire.Conformance.Catalog;

public abstract partial class CatalogConformance
{
    // What SchemaAsSent becomes in place of a table whose only column had the id 1.
    static readonly string[] ReplacedColumns = ["2:id:int", "3:data:string"];

    [Fact]
    public async Task A_table_is_replaced_in_one_commit()
    {
        var original = await OtherTableAsync();
        original = await CommitAsync(original, original.Append(1));
        var body = original.Replace([.. Replacement(original), .. original.Append(2, isFirst: true)]);
        Assert.Equal(["1:some_id:int"], (await LoadAsync()).Columns);
        await PostAsync(Table, body);
        var replaced = await LoadAsync();
        Assert.Equal(ReplacedColumns, replaced.Columns);
        Assert.Equal(original.Uuid, replaced.Uuid);
        Assert.Equal([2L], replaced.History());
        Assert.Equal([1L, 2L], replaced.SnapshotIds);
        Assert.Equal(2, replaced.MetadataLog.Count);
    }

    [Fact]
    public async Task A_table_is_replaced_with_all_that_belongs_to_it()
    {
        var original = await OtherTableAsync();
        var updates = new List<JsonObject>(Replacement(original))
        {
            Updates.AddSpec((2, 1000, "id_bucket", "bucket[16]")), Updates.SetSpec(),
            Updates.AddSortOrder((2, "bucket[16]", "asc"), (2, "identity", "asc")), Updates.SetSortOrder(),
            Updates.SetLocation($"{warehouse}/places/replaced"), Updates.SetProperties(("user", "someone"), ("created-at", "2022-02-25T00:38:19")),
        };
        await PostAsync(Table, original.Replace([.. updates, .. original.Append(1, isFirst: true)]));
        var replaced = await LoadAsync();
        Assert.Equal(ReplacedColumns, replaced.Columns);
        Assert.Equal(["2:id_bucket:bucket[16]"], replaced.Partitioning);
        Assert.Equal(1, replaced.DefaultSpecId);
        Assert.Equal(["2:bucket[16]:asc", "2:identity:asc"], replaced.Sorting);
        Assert.Equal($"{warehouse}/places/replaced", replaced.Location);
        Assert.StartsWith($"{warehouse}/places/replaced/", replaced.MetadataLocation);
        Assert.Equal(("someone", original.Uuid), (replaced.Properties["user"], replaced.Uuid));
        Assert.Equal([original.MetadataLocation!], replaced.MetadataLog);
    }

    [Fact]
    public async Task A_table_that_is_missing_cannot_be_replaced()
    {
        await CreateNamespaceAsync("newdb");
        await SendAsync(HttpMethod.Get, Table, HttpStatusCode.NotFound, errorType: "NoSuchTableException");
        var elsewhere = await NewTableAsync("newdb", "elsewhere");
        await RefusedAsync(HttpMethod.Post, Table, HttpStatusCode.NotFound, elsewhere.Replace(Replacement(elsewhere)), "NoSuchTableException", "Table does not exist: newdb.newtable");
    }

    [Fact]
    public async Task Create_or_replace_creates_where_there_is_no_table()
    {
        var staged = await StageAsync();
        await PostAsync(Table, staged.Create(staged.Append(1)));
        Assert.Equal([1L], (await LoadAsync()).History());
        Assert.Empty((await LoadAsync()).MetadataLog);
    }

    [Fact]
    public async Task The_log_of_snapshots_outlives_a_replacement()
    {
        var table = await NewTableAsync();
        table = await CommitAsync(table, table.Append(1));
        await PostAsync(Table, table.Replace([Updates.RemoveRef("main"), .. table.Append(2, isFirst: true)]));
        Assert.Equal([1L, 2L], (await LoadAsync()).SnapshotLog);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Of_two_replacements_at_once_the_second_is_made_again(int version)
    {
        var table = await NewTableAsync(WithProperties(("format-version", $"{version}")));
        table = await CommitAsync(table, table.Append(1));
        var second = table.Replace([Updates.RemoveRef("main"), .. table.Append(3, isFirst: true)]);
        await PostAsync(Table, table.Replace([Updates.RemoveRef("main"), .. table.Append(2, isFirst: true)]));
        Assert.Equal([2L], (await LoadAsync()).History());
        await SendAsync(HttpMethod.Post, Table, HttpStatusCode.Conflict, second, "CommitFailedException");

        table = await LoadAsync();
        await PostAsync(Table, table.Replace([Updates.RemoveRef("main"), .. table.Append(3, isFirst: true)]));
        table = await LoadAsync();
        Assert.Equal([3L], table.History());
        Assert.Equal([1L, 2L, 3L], table.SnapshotIds);
        Assert.Equal(Columns, table.Columns);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Of_two_replacements_of_the_schema_the_last_one_counts(bool firstChanges)
    {
        var table = await OtherTableAsync();
        table = await CommitAsync(table, table.Append(1));
        var changing = Replacement(table);
        var keeping = new[] { Updates.RemoveRef("main"), Updates.AddSchema(table.Schema), Updates.SetSchema() };
        await PostAsync(Table, table.Replace([.. firstChanges ? changing : keeping, .. table.Append(2, isFirst: true)]));
        Assert.Equal(firstChanges ? ReplacedColumns : ["1:some_id:int"], (await LoadAsync()).Columns);

        // The columns of the second keep their ids when it is made again: its files refer to them.
        var fresh = await LoadAsync();
        await PostAsync(Table, fresh.Replace([.. firstChanges ? keeping : changing, .. fresh.Append(3, isFirst: true)]));
        table = await LoadAsync();
        Assert.Equal(firstChanges ? ["1:some_id:int"] : ReplacedColumns, table.Columns);
        Assert.Equal([3L], table.History());
    }

    [Fact]
    public async Task Column_ids_that_another_replacement_gave_away_are_a_conflict()
    {
        var table = await OtherTableAsync();
        var first = Replacement(table, ("col_a1", "int"), ("col_a2", "string"));
        var second = Replacement(table, ("col_b1", "int"), ("col_b2", "string"));
        await PostAsync(Table, table.Replace([.. second, .. table.Append(1, isFirst: true)]));
        await ConflictAsync(table.Replace([.. first, .. table.Append(2, isFirst: true)]), "Requirement failed: last assigned field id changed: expected id 1 != 3");
        Assert.Equal(["2:col_b1:int", "3:col_b2:string"], (await LoadAsync()).Columns);
    }

    [Fact]
    public async Task A_replacement_by_the_same_columns_finds_their_ids_again()
    {
        var table = await OtherTableAsync();
        var replacement = Replacement(table);
        await PostAsync(Table, table.Replace(replacement));
        var fresh = await LoadAsync();
        await PostAsync(Table, fresh.Replace([.. replacement, .. fresh.Append(1, isFirst: true)]));
        table = await LoadAsync();
        Assert.Equal(ReplacedColumns, table.Columns);
        Assert.Equal(1, table.CurrentSchemaId);
        Assert.Equal([1L], table.History());
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Of_two_replacements_of_the_spec_the_last_one_counts(bool first, bool second)
    {
        var table = await NewTableAsync();
        table = await CommitAsync(table, table.Append(1));
        await PostAsync(Table, table.Replace([.. Spec(first), .. table.Append(2, isFirst: true)]));
        Assert.Equal(first ? Partitioning : [], (await LoadAsync()).Partitioning);
        var fresh = await LoadAsync();
        await PostAsync(Table, fresh.Replace([.. Spec(second), .. fresh.Append(3, isFirst: true)]));
        table = await LoadAsync();
        Assert.Equal(second ? Partitioning : [], table.Partitioning);
        Assert.Equal([3L], table.History());

        static JsonObject[] Spec(bool isPartitioned) => [Updates.RemoveRef("main"), isPartitioned ? Updates.AddSpec((1, 1000, "id_bucket", "bucket[16]")) : Updates.AddSpec(), Updates.SetSpec()];
    }

    [Theory]
    [InlineData("none")]
    [InlineData("desc")]
    public async Task Of_two_replacements_of_the_sort_order_the_last_one_counts(string last)
    {
        var table = await NewTableAsync();
        table = await CommitAsync(table, table.Append(1));
        await PostAsync(Table, table.Replace([Updates.RemoveRef("main"), Updates.AddSortOrder((1, "bucket[16]", "asc"), (1, "identity", "asc")), Updates.SetSortOrder(), .. table.Append(2, isFirst: true)]));
        Assert.Equal(Sorting, (await LoadAsync()).Sorting);
        var fresh = await LoadAsync();
        var order = last == "none" ? Updates.AddSortOrder() : Updates.AddSortOrder((1, "bucket[16]", "desc"), (1, "identity", "desc"));
        await PostAsync(Table, fresh.Replace([Updates.RemoveRef("main"), order, Updates.SetSortOrder(), .. fresh.Append(3, isFirst: true)]));
        Assert.Equal(last == "none" ? [] : ["1:bucket[16]:desc", "1:identity:desc"], (await LoadAsync()).Sorting);
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 3)]
    public async Task A_replacement_may_raise_the_format_version(int before, int after)
    {
        var table = await NewTableAsync(WithProperties(("format-version", $"{before}")));
        await PostAsync(Table, table.Replace(Updates.Upgrade(after), Updates.RemoveRef("main")));
        table = await LoadAsync();
        Assert.Equal(after, table.FormatVersion);
        await SendAsync(HttpMethod.Post, Table, HttpStatusCode.BadRequest, table.Replace(Updates.Upgrade(before)), "BadRequestException");
    }

    async Task<ClientTable> OtherTableAsync()
    {
        await CreateNamespaceAsync("newdb");
        return await NewTableAsync("newdb", "newtable", OtherSchema);
    }

    static JsonObject[] Replacement(ClientTable table) => Replacement(table, ("id", "int"), ("data", "string"));

    /// <summary>A table's replacement by other columns: main has no snapshot, and the columns have ids that no others had.</summary>
    static JsonObject[] Replacement(ClientTable table, params (string Name, string Type)[] columns)
    {
        var id = table.LastColumnId;
        var schema = new JsonObject
        {
            ["type"] = "struct",
            ["fields"] = new JsonArray([.. columns.Select(c => new JsonObject { ["id"] = ++id, ["name"] = c.Name, ["required"] = true, ["type"] = c.Type })]),
        };
        return [Updates.RemoveRef("main"), new JsonObject { ["action"] = "add-schema", ["schema"] = schema, ["last-column-id"] = id }, Updates.SetSchema()];
    }
}
