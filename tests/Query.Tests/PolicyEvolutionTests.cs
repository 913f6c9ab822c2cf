using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Row filters and masks keep to the columns that they were set on, whatever these are called and whatever state is read; what cannot be applied closes the table.</summary>
public sealed class PolicyEvolutionTests(QueryService service) : IClassFixture<QueryService>
{
    static readonly NestedField Id = Field(1, "id", PrimitiveType.Int);
    static readonly NestedField Dept = Field(2, "dept", PrimitiveType.String);
    static readonly NestedField Ssn = Field(3, "ssn", PrimitiveType.String);

    [Fact]
    public async Task Renamed_columns_stay_filtered_and_masked_and_names_that_others_took_do_not_redirect_them()
    {
        using var table = await PeopleAsync();
        var before = service.Catalog.Put("gold", table.Name, table.Metadata);
        service.Catalog.Bind("bob", Name(table), "dept = 'hr'", ("ssn", "left(ssn, 1) || dept"));
        Change(table, Id, Dept with { Name = "unit" }, Ssn with { Name = "tax_id" });
        Assert.Equal(["1|hr|shr"], await service.RowsAsync("bob", $"SELECT * FROM {Name(table)}"));
        Assert.Equal(["1|hr|shr"], await service.RowsAsync("bob", $"SELECT id, dept, ssn FROM {Name(table)} AT (COMMIT => {before})"));

        // Columns change names with one another: each is still what it was.
        Change(table, Id, Dept with { Name = "tax_id" }, Ssn with { Name = "dept" });
        Assert.Equal(["1|shr"], await service.RowsAsync("bob", $"SELECT id, dept FROM {Name(table)}"));
    }

    [Fact]
    public async Task A_column_that_took_the_place_of_a_masked_one_is_masked_and_one_that_took_that_of_a_filter_closes_the_table()
    {
        using var table = await PeopleAsync();
        service.Catalog.Bind("bob", Name(table), null, ("ssn", "'***'"));
        service.Catalog.Bind("eve", Name(table), "dept = 'hr'");
        service.Catalog.Bind("kim", Name(table), null, ("ssn", "dept"));
        service.Catalog.Bind("joe", Name(table), "id = 2");
        var before = service.Catalog.Put("gold", table.Name, table.Metadata);
        Change(table, Id, Field(4, "dept", PrimitiveType.String), Field(5, "ssn", PrimitiveType.String));
        await table.CommitAsync(new SnapshotChange { AddedDataFiles = [await table.WriteAsync("SELECT 9::INTEGER AS id, 'hr' AS dept, 's9' AS ssn")] });
        Assert.Equal(["9|***"], await service.RowsAsync("bob", $"SELECT id, ssn FROM {Name(table)} WHERE id = 9"));
        await RefusedAsync("eve", $"SELECT * FROM {Name(table)}");
        await RefusedAsync("kim", $"SELECT id FROM {Name(table)}");
        await RefusedAsync("eve", $"SELECT count(*) FROM {Name(table)}");
        Assert.Equal(["2"], await service.RowsAsync("joe", $"SELECT id FROM {Name(table)}"));
        Assert.Equal(["1"], await service.RowsAsync("eve", $"SELECT id FROM {Name(table)} AT (COMMIT => {before})"));

        // Neither is there: nothing is to be masked, and there is nothing to filter by.
        Change(table, Id);
        Assert.Equal(3, (await service.RowsAsync("bob", $"SELECT id FROM {Name(table)}")).Count);
        await RefusedAsync("eve", $"SELECT id FROM {Name(table)}");
    }

    [Fact]
    public async Task A_state_from_before_a_column_was_there_is_closed_to_whom_a_filter_over_it_binds()
    {
        using var table = await PeopleAsync();
        var before = service.Catalog.Put("gold", table.Name, table.Metadata);
        Change(table, Id, Dept, Ssn, Field(4, "deleted", PrimitiveType.Boolean));
        service.Catalog.Bind("bob", Name(table), "deleted IS NULL AND id = 1", ("deleted", "NULL"));
        Assert.Equal(["1"], await service.RowsAsync("bob", $"SELECT id FROM {Name(table)}"));
        await RefusedAsync("bob", $"SELECT id FROM {Name(table)} AT (COMMIT => {before})");
        service.Catalog.Bind("bob", Name(table), "id = 1", ("deleted", "NULL"));
        Assert.Equal(["1|hr|s1"], await service.RowsAsync("bob", $"SELECT * FROM {Name(table)} AT (COMMIT => {before})"));
    }

    [Fact]
    public async Task An_id_that_means_another_column_on_a_branch_does_not_redirect_a_filter()
    {
        using var table = await PeopleAsync();
        service.Catalog.Branch(table.Name);
        var shared = table.Metadata;
        Change(table, Id, Dept, Ssn, Field(4, "region", PrimitiveType.String));
        var other = Evolved(shared, Id, Dept, Ssn, Field(4, "comment", PrimitiveType.String));
        service.Catalog.Put("gold", table.Name, other, table.Name);
        service.Catalog.Bind("bob", Name(table), "region IS NULL");
        Assert.Equal(["1", "2"], await service.RowsAsync("bob", $"SELECT id FROM {Name(table)} ORDER BY id"));
        await RefusedAsync("bob", $"SELECT id FROM {Name(table)}", $"?branch={table.Name}");

        // The branch renames what both have: that is one column.
        service.Catalog.Bind("bob", Name(table), "dept = 'hr'");
        service.Catalog.Put("gold", table.Name, Evolved(shared, Id, Dept with { Name = "unit" }, Ssn), table.Name);
        Assert.Equal(["1|hr"], await service.RowsAsync("bob", $"SELECT id, unit FROM {Name(table)}", $"?branch={table.Name}"));
    }

    [Fact]
    public async Task Fields_of_structs_are_filtered_by_and_masked_and_the_rest_of_the_struct_is_seen()
    {
        NestedField Address(params NestedField[] fields) => Field(2, "address", new StructType(fields));
        var (street, geo) = (Field(3, "street name", PrimitiveType.String), Field(4, "geo", new StructType([Field(5, "lat", PrimitiveType.Double), Field(6, "city", PrimitiveType.String)])));
        using var table = ChangedTable.Create(service, "nested_" + Guid.NewGuid().ToString("N")[..8], 2, new Schema(0, [Id, Address(street, geo)]));
        const string Rows = "SELECT i::INTEGER AS id, CASE WHEN i < 3 THEN {'street name': 's' || i, 'geo': {'lat': i / 2, 'city': 'c' || i}} END AS address FROM range(1, 4) t(i)";
        await table.CommitAsync(new SnapshotChange { AddedDataFiles = [await table.WriteAsync(Rows + " WHERE i = 1"), await table.WriteAsync(Rows + " WHERE i > 1")] });
        service.Catalog.Bind("bob", Name(table), null, ("address.street name", "left(address.\"street name\", 1) || address.geo.city"), ("address.geo.lat", "NULL"));
        service.Catalog.Bind("eve", Name(table), "address.geo.city = 'c2'", ("address", "NULL"));
        Assert.Equal(["1|sc1||c1", "2|sc2||c2", "3|||"], await service.RowsAsync("bob", $"SELECT id, address.\"street name\", address.geo.lat, address.geo.city FROM {Name(table)} ORDER BY id"));
        Assert.Equal(["2|"], await service.RowsAsync("eve", $"SELECT * FROM {Name(table)}"));
        var seen = (await service.JsonAsync("bob", $"SELECT * FROM {Name(table)}")).GetProperty("columns").GetRawText();
        Assert.Equal((await service.JsonAsync("user", $"SELECT * FROM {Name(table)}")).GetProperty("columns").GetRawText(), seen);
        Assert.Equal("address", (await service.JsonAsync("bob", $"FROM {Name(table)}", "?explain=true")).GetProperty("tables")[0].GetProperty("policy").GetProperty("masked")[0].GetString());

        Change(table, Id, Address(street with { Name = "road" }, geo) with { Name = "home" });
        Assert.Equal(["1|sc1|c1", "2|sc2|c2", "3||"], await service.RowsAsync("bob", $"SELECT id, home.road, home.geo.city FROM {Name(table)} ORDER BY id"));
        Assert.Equal(["2|"], await service.RowsAsync("eve", $"SELECT * FROM {Name(table)}"));

        // What was a struct and is a text now may hold the street.
        Change(table, Id, Field(9, "address", PrimitiveType.String));
        await RefusedAsync("bob", $"SELECT id FROM {Name(table)}");
    }

    [Fact]
    public async Task Several_policies_that_bind_one_caller_all_hold_and_two_masks_of_one_column_close_the_table()
    {
        using var table = await PeopleAsync();
        service.Catalog.Bind("bob", Name(table), "id < 3", ("ssn", "'***'"));
        service.Catalog.BindToo("bob", Name(table), "id > 1");
        service.Catalog.BindToo("bob", Name(table), null, ("dept", "upper(dept)"), ("ssn", "'***'"));
        Assert.Equal(["2|IT|***"], await service.RowsAsync("bob", $"SELECT * FROM {Name(table)}"));
        service.Catalog.BindToo("bob", Name(table), null, ("ssn", "left(ssn, 1)"));
        Assert.Contains("more than one mask of ssn", (await service.JsonAsync("bob", $"SELECT id FROM {Name(table)}", status: 403)).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(2, (await service.RowsAsync("ann", $"SELECT ssn FROM {Name(table)}")).Count);
    }

    async Task RefusedAsync(string principal, string sql, string query = "")
    {
        var answer = (await service.JsonAsync(principal, sql, query, 403)).GetRawText();
        Assert.Contains("row filter or a mask", answer, StringComparison.Ordinal);
    }

    async Task<ChangedTable> PeopleAsync()
    {
        var table = ChangedTable.Create(service, "evolving_" + Guid.NewGuid().ToString("N")[..8], 2, new Schema(0, [Id, Dept, Ssn]));
        await table.CommitAsync(new SnapshotChange { AddedDataFiles = [await table.WriteAsync("SELECT 1::INTEGER AS id, 'hr' AS dept, 's1' AS ssn UNION ALL SELECT 2, 'it', 's2'")] });
        return table;
    }

    void Change(ChangedTable table, params NestedField[] fields)
    {
        table.Metadata = Evolved(table.Metadata, fields);
        service.Catalog.Put("gold", table.Name, table.Metadata);
    }

    static TableMetadata Evolved(TableMetadata metadata, params NestedField[] fields)
    {
        var schema = new Schema(metadata.Schemas.Count, fields);
        return metadata with { Schemas = [.. metadata.Schemas, schema], CurrentSchemaId = schema.SchemaId, LastColumnId = Math.Max(metadata.LastColumnId, SchemaFields.HighestFieldId(schema)) };
    }

    static string Name(ChangedTable table) => $"gold.{table.Name}";

    static NestedField Field(int id, string name, IcebergType type) => new(id, name, Required: false, type);
}
