using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests;

/// <summary>Views as the catalog's client makes them.</summary>
public sealed class ViewTests(PostgresServer postgres)
{
    static readonly TableIdentifier Name = TableIdentifier.Parse("gold.sales.totals");

    static ViewDefinition Definition(string sql, string column = "id") => new(
        new Schema(0, [new NestedField(1, column, Required: false, IcebergType.Long)]), [new SqlViewRepresentation(sql, "duckdb")], ["gold", "sales"])
    {
        Summary = new Dictionary<string, string> { ["engine-name"] = "test" },
        Properties = new Dictionary<string, string> { ["comment"] = sql },
    };

    [Fact]
    public async Task A_view_is_created_replaced_renamed_and_dropped()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        var catalog = lake.Lake.Catalog;
        var token = TestContext.Current.CancellationToken;
        await catalog.EnsureNamespaceAsync("gold.sales", token);
        Assert.Null(await catalog.FindViewAsync(Name, token));
        var created = await catalog.CreateViewAsync(Name, Definition("select 1 as id"), cancellationToken: token);
        Assert.Equal("select 1 as id", created.Metadata.CurrentVersion.SqlFor("duckdb").Sql);
        Assert.Equal(["gold", "sales"], created.Metadata.CurrentVersion.DefaultNamespace);

        var replaced = await catalog.ReplaceViewAsync(Name, Definition("select 2 as n", "n"), cancellationToken: token);
        Assert.Equal((2, "n", created.Metadata.ViewUuid), (replaced.Metadata.CurrentVersionId, replaced.Metadata.CurrentSchema.Fields[0].Name, replaced.Metadata.ViewUuid));
        Assert.Equal("select 2 as n", replaced.Metadata.Properties["comment"]);

        // Sent again it changes nothing.
        Assert.Equal(replaced.MetadataLocation, (await catalog.ReplaceViewAsync(Name, Definition("select 2 as n", "n"), cancellationToken: token)).MetadataLocation);
        Assert.Equal(replaced.MetadataLocation, (await catalog.LoadViewAsync(Name, token)).MetadataLocation);
        Assert.Equal([Name], await catalog.ListViewsAsync("gold.sales", token));
        Assert.Empty(await catalog.ListTablesAsync("gold.sales", token));

        var other = TableIdentifier.Parse("gold.sales.other");
        await catalog.RenameViewAsync(Name, other, token);
        Assert.Null(await catalog.FindViewAsync(Name, token));
        await catalog.DropViewAsync(other, token);
        Assert.Empty(await catalog.ListViewsAsync("gold.sales", token));
    }

    [Fact]
    public async Task What_can_t_be_is_said_by_kind()
    {
        await using var lake = await TestLake.StartAsync(postgres);
        var catalog = lake.Lake.Catalog;
        Assert.Equal(LakehouseErrorKind.NotFound, await KindAsync(() => catalog.CreateViewAsync(Name, Definition("select 1"))));
        await catalog.EnsureNamespaceAsync("gold.sales", TestContext.Current.CancellationToken);
        Assert.Equal(LakehouseErrorKind.NotFound, await KindAsync(() => catalog.LoadViewAsync(Name)));
        Assert.Equal(LakehouseErrorKind.NotFound, await KindAsync(() => catalog.ReplaceViewAsync(Name, Definition("select 1"))));
        Assert.Equal(LakehouseErrorKind.NotFound, await KindAsync(() => catalog.DropViewAsync(Name)));
        await catalog.CreateViewAsync(Name, Definition("select 1"), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(LakehouseErrorKind.AlreadyExists, await KindAsync(() => catalog.CreateViewAsync(Name, Definition("select 1"))));
        Assert.Equal(LakehouseErrorKind.InvalidData, await KindAsync(() => catalog.ReplaceViewAsync(Name, Definition("select 1") with { Queries = [new SqlViewRepresentation("select 1", "trino")] })));
        Assert.Equal(LakehouseErrorKind.Conflict, await KindAsync(() => catalog.CommitViewAsync(Name, [new AssertViewUuid(Guid.NewGuid())], [])));
    }

    static async Task<LakehouseErrorKind> KindAsync(Func<Task> call) => (await Assert.ThrowsAsync<LakehouseException>(call)).Kind;
}
