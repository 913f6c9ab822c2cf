using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Access;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Api.Tests.Planning;
using LakeAspire.Catalog.Api.Tests.Signing;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Lakehouse.Storage.S3;

namespace LakeAspire.Catalog.Api.Tests.Credentials;

/// <summary>Credentials for a while, held against the servers that they are for.</summary>
public sealed class CredentialTests(PostgresServer postgres)
{
    const string Table = "iceberg/v1/namespaces/gold/tables/t";

    [Fact]
    public async Task Credentials_of_a_role_are_good_for_one_table_and_delete_nothing()
    {
        await using var lake = await S3Lake.StartAsync(postgres, $"--Catalog:Delegation:Role={Ceph.Role}");
        var user = lake.Server.User;
        await user.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await user.CreateAsync("gold", "t");
        await user.CreateAsync("gold", "other");
        var (table, other) = (await user.LoadAsync(Table), await user.LoadAsync("iceberg/v1/namespaces/gold/tables/other"));

        var loaded = await S3Lake.LoadAsync(user, Table, "vended-credentials,remote-signing");
        var credential = Assert.Single(loaded["storage-credentials"]!.AsArray())!;
        Assert.Equal(table.Location, credential["prefix"]!.GetValue<string>());
        Assert.DoesNotContain(lake.Ceph.AccessKey, loaded.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(lake.Ceph.SecretKey, loaded.ToJsonString(), StringComparison.Ordinal);
        Assert.Null(loaded["config"]!["s3.remote-signing-enabled"]);
        var store = Open(lake, credential["config"]!);
        await PutAsync(store, table.Location + "/data/x.parquet");
        Assert.NotNull(await store.StatAsync(table.Location + "/data/x.parquet"));
        Assert.Single(await store.ListAsync(table.Location + "/data/").ToListAsync());
        await DeniedAsync(() => store.DeleteAsync(table.Location + "/data/x.parquet"));

        // What a table is hangs on files that the catalog alone writes.
        await PutAsync(store, table.Location + "/metadata/m0.avro");
        await DeniedAsync(() => PutAsync(store, table.Location + "/metadata/00007-x.metadata.json"));
        await DeniedAsync(() => PutAsync(store, table.Location + "/_delta_log/00000000000000000000.json"));
        await DeniedAsync(() => PutAsync(store, other.Location + "/data/x.parquet"));
        var metadata = await user.MetadataLocationAsync("gold", "other");
        await DeniedAsync(async () => await (await store.OpenReadAsync(metadata)).DisposeAsync());
        await DeniedAsync(async () => await store.ListAsync(other.Location + "/data/").ToListAsync());

        // Who may read only gets no more.
        var (name, _, client) = await lake.Server.CreateServiceAsync();
        Assert.Equal(HttpStatusCode.NotFound, await client.StatusAsync(Table + "/credentials"));
        await lake.Server.GrantAsync(name, "select", "gold", "t");
        var read = Open(lake, (await client.GetJsonAsync(Table + "/credentials"))["storage-credentials"]![0]!["config"]!);
        Assert.NotNull(await read.StatAsync(table.Location + "/data/x.parquet"));
        await DeniedAsync(() => PutAsync(read, table.Location + "/data/y.parquet"));
    }

    [Fact]
    public async Task A_table_that_another_lies_in_has_none_for_who_may_not_read_both()
    {
        await using var lake = await S3Lake.StartAsync(postgres, $"--Catalog:Delegation:Role={Ceph.Role}");
        var user = lake.Server.User;
        await user.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await user.CreateAsync("gold", "secret");
        await user.CreateAsync("gold", "t");
        var secret = await user.LoadAsync("iceberg/v1/namespaces/gold/tables/secret");
        var (name, _, client) = await lake.Server.CreateServiceAsync();
        await lake.Server.GrantAsync(name, "modify", "gold", "t");
        await user.SendAsync(HttpMethod.Post, Table, HttpStatusCode.OK, $$"""{"requirements":[],"updates":[{"action":"set-properties","updates":{"write.data.path":"{{secret.Location}}/data"} }]}""");
        Assert.Empty((await client.GetJsonAsync(Table + "/credentials"))["storage-credentials"]!.AsArray());
        Assert.Single((await user.GetJsonAsync(Table + "/credentials"))["storage-credentials"]!.AsArray());
    }

    [Fact]
    public async Task Files_of_this_machine_need_none()
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        await server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await server.User.CreateAsync("gold", "t");
        Assert.Empty((await server.User.GetJsonAsync(Table + "/credentials"))["storage-credentials"]!.AsArray());
        var loaded = await S3Lake.LoadAsync(server.User, Table, "vended-credentials,remote-signing");
        Assert.Empty(loaded["config"]!.AsObject());
        await server.User.SendAsync(HttpMethod.Post, Table + "/sign", HttpStatusCode.BadRequest, """{"region":"r","uri":"http://x/y","method":"GET","headers":{} }""");
    }

    static IObjectStore Open(S3Lake lake, JsonNode config) => S3ObjectStores.Open($"s3://{lake.Bucket}/lake", new S3Options
    {
        Endpoint = config["s3.endpoint"]!.GetValue<string>(),
        Region = config["client.region"]!.GetValue<string>(),
        AccessKey = config["s3.access-key-id"]!.GetValue<string>(),
        SecretKey = config["s3.secret-access-key"]!.GetValue<string>(),
        SessionToken = config["s3.session-token"]!.GetValue<string>(),
    });

    static Task PutAsync(IObjectStore store, string location) => store.PutAsync(location, new MemoryStream([1, 2, 3]));

    static async Task DeniedAsync(Func<Task> act) => Assert.Equal(LakehouseErrorKind.Denied, (await Assert.ThrowsAnyAsync<LakehouseException>(act)).Kind);
}
