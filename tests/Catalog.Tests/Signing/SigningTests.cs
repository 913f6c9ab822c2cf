using System.Net;
using System.Xml.Linq;
using LakeAspire.Catalog.Api.Tests.Access;
using LakeAspire.Catalog.Api.Tests.Planning;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Catalog.Api.Tests.Signing;

/// <summary>Clients without a key of the store reach it by requests that the catalog signs, on a real S3 server.</summary>
public sealed class SigningTests(PostgresServer postgres)
{
    const string Table = "iceberg/v1/namespaces/gold/tables/t";

    [Fact]
    public async Task A_client_without_a_key_writes_reads_and_lists_the_files_of_a_table()
    {
        await using var lake = await S3Lake.StartAsync(postgres);
        var table = await CreateAsync(lake);
        var loaded = await S3Lake.LoadAsync(lake.Server.User, Table, "vended-credentials, remote-signing");
        Assert.Equal("true", loaded["config"]!["s3.remote-signing-enabled"]!.GetValue<string>());
        Assert.Equal("v1/main/namespaces/gold/tables/t/sign", loaded["config"]!["signer.endpoint"]!.GetValue<string>());
        Assert.Equal(lake.Ceph.Endpoint, loaded["config"]!["s3.endpoint"]!.GetValue<string>());
        Assert.NotNull(loaded["remote-signing-config"]);
        Assert.DoesNotContain(lake.Ceph.SecretKey, loaded.ToJsonString(), StringComparison.Ordinal);
        Assert.Null((await S3Lake.LoadAsync(lake.Server.User, Table, "vended-credentials"))["config"]!["s3.remote-signing-enabled"]);

        var file = lake.Address($"{table.Location}/data/day=2024-01-01/a é+b.parquet");
        Assert.Equal((HttpStatusCode.OK, ""), await lake.SendAsync(lake.Server.User, Table, "PUT", file, "rows", ("x-amz-content-sha256", "UNSIGNED-PAYLOAD"), ("Content-Type", "application/octet-stream")));
        Assert.Equal((HttpStatusCode.OK, "rows"), await lake.SendAsync(lake.Server.User, Table, "GET", file + "?x-id=GetObject"));
        Assert.Equal((HttpStatusCode.PartialContent, "ow"), await lake.SendAsync(lake.Server.User, Table, "GET", file, body: null, ("Range", "bytes=1-2")));
        Assert.Equal((HttpStatusCode.OK, ""), await lake.SendAsync(lake.Server.User, Table, "HEAD", file));
        var prefix = table.Location[$"s3://{lake.Bucket}/".Length..];
        var list = await lake.SendAsync(lake.Server.User, Table, "GET", $"{lake.Ceph.Endpoint}/{lake.Bucket}?list-type=2&prefix={Uri.EscapeDataString(prefix + "/data/")}");
        Assert.Equal(HttpStatusCode.OK, list.Status);
        Assert.Contains("a é+b.parquet", list.Body, StringComparison.Ordinal);

        // In parts.
        var large = lake.Address($"{table.Location}/data/large.parquet");
        var started = await lake.SendAsync(lake.Server.User, Table, "POST", large + "?uploads");
        var upload = XDocument.Parse(started.Body).Descendants().First(e => e.Name.LocalName == "UploadId").Value;
        Assert.Equal(HttpStatusCode.OK, (await lake.SendAsync(lake.Server.User, Table, "PUT", $"{large}?partNumber=1&uploadId={Uri.EscapeDataString(upload)}", "part")).Status);
        var etag = $"\"{Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("part"u8))}\"";
        var completed = await lake.SendAsync(
            lake.Server.User, Table, "POST", $"{large}?uploadId={Uri.EscapeDataString(upload)}", $"<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>{etag}</ETag></Part></CompleteMultipartUpload>");
        Assert.Equal(HttpStatusCode.OK, completed.Status);
        Assert.Equal((HttpStatusCode.OK, "part"), await lake.SendAsync(lake.Server.User, Table, "GET", large));

        // The older route finds the table by the object.
        var older = await lake.AskAsync(lake.Server.User, "iceberg/v1/aws/s3", "GET", file);
        Assert.Equal(HttpStatusCode.OK, older.Status);
    }

    [Fact]
    public async Task A_file_that_something_needs_is_neither_deleted_nor_replaced_and_an_orphan_is()
    {
        await using var lake = await S3Lake.StartAsync(postgres);
        var user = lake.Server.User;
        var table = await CreateAsync(lake);
        foreach (var name in new[] { "a", "b", "orphan", "orphan2", "old" })
        {
            Assert.Equal(HttpStatusCode.OK, (await lake.SendAsync(user, Table, "PUT", Data(name), name)).Status);
        }

        table = await lake.Server.CommitAsync(Table, metadata => new SnapshotChange { AddedDataFiles = [PlannedTables.File(metadata, "a", 1, 0), PlannedTables.File(metadata, "old", 1, 10)] });
        table = await lake.Server.CommitAsync(Table, metadata => new SnapshotChange { AddedDataFiles = [PlannedTables.File(metadata, "b", 1, 20)] });
        var manifests = await ManifestListReader.ReadAsync(lake.Server.Store, table.CurrentSnapshot!);
        foreach (var needed in new[] { Data("a"), Data("b"), lake.Address(table.CurrentSnapshot!.ManifestList!), lake.Address(table.Snapshots[0].ManifestList!), lake.Address(manifests[0].ManifestPath) })
        {
            Assert.Contains("still needed", await lake.RefusedAsync(user, Table, "DELETE", needed), StringComparison.Ordinal);
            Assert.Contains("still needed", await lake.RefusedAsync(user, Table, "PUT", needed), StringComparison.Ordinal);
            Assert.Contains("still needed", await lake.RefusedAsync(user, Table, "POST", needed + "?uploads"), StringComparison.Ordinal);
        }

        await lake.RefusedAsync(user, Table, "DELETE", lake.Address(await user.MetadataLocationAsync("gold", "t")));
        await lake.RefusedAsync(user, Table, "PUT", lake.Address($"{table.Location}/_delta_log/00000000000000000009.json"));

        // Several at once: none, if one is needed.
        var bucket = $"{lake.Ceph.Endpoint}/{lake.Bucket}?delete";
        Assert.Contains("still needed", await lake.RefusedAsync(user, Table, "POST", bucket, Deletion("orphan", "a")), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await lake.SendAsync(user, Table, "POST", bucket, Deletion("orphan"), ("Content-MD5", Md5(Deletion("orphan"))))).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lake.SendAsync(user, Table, "GET", Data("orphan"))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await lake.SendAsync(user, Table, "DELETE", Data("orphan2"))).Status);

        // What main lets go a branch still has; once that is gone too, the file may be deleted.
        await user.PostJsonAsync("api/branches", new { name = "dev" }, HttpStatusCode.Created);
        table = await lake.Server.CommitAsync(Table, _ => new SnapshotChange { RemovedDataFiles = [$"{table.Location}/data/old.parquet"] });
        var expired = string.Join(",", table.Snapshots.Where(s => s.SnapshotId != table.CurrentSnapshotId).Select(s => s.SnapshotId));
        await user.SendAsync(HttpMethod.Post, Table, HttpStatusCode.OK, $$"""{"requirements":[],"updates":[{"action":"remove-snapshots","snapshot-ids":[{{expired}}]}]}""");
        Assert.Contains("still needed", await lake.RefusedAsync(user, Table, "DELETE", Data("old")), StringComparison.Ordinal);
        await user.SendAsync(HttpMethod.Delete, "api/branches/dev", HttpStatusCode.NoContent);
        Assert.Equal(HttpStatusCode.NoContent, (await lake.SendAsync(user, Table, "DELETE", Data("old"))).Status);
        Assert.Contains("still needed", await lake.RefusedAsync(user, Table, "DELETE", Data("a")), StringComparison.Ordinal);

        string Data(string name) => lake.Address($"{table.Location}/data/{name}.parquet");

        string Deletion(params string[] names) =>
            $"""<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">{string.Concat(names.Select(name => $"<Object><Key>{table.Location[$"s3://{lake.Bucket}/".Length..]}/data/{name}.parquet</Key></Object>"))}</Delete>""";
    }

    [Fact]
    public async Task What_leads_out_of_the_table_or_past_its_rules_is_not_signed()
    {
        await using var lake = await S3Lake.StartAsync(postgres);
        var user = lake.Server.User;
        var table = await CreateAsync(lake);
        await user.CreateAsync("gold", "other");
        var other = await user.LoadAsync("iceberg/v1/namespaces/gold/tables/other");
        var (own, bucket) = (lake.Address(table.Location), $"{lake.Ceph.Endpoint}/{lake.Bucket}");
        var prefix = table.Location[$"s3://{lake.Bucket}/".Length..];
        foreach (var (method, uri) in new[]
                 {
                     ("GET", lake.Address(other.Location + "/data/x.parquet")),
                     ("GET", lake.Address(table.Location + "x/data/x.parquet")),
                     ("GET", own),
                     ("GET", own + "/"),
                     ("GET", $"{lake.Ceph.Endpoint}/other-bucket/{prefix}/data/x"),
                     ("GET", bucket),
                     ("GET", bucket + "?prefix="),
                     ("GET", bucket + "?prefix=lake"),
                     ("GET", bucket + "?prefix=" + Uri.EscapeDataString(prefix)),
                     ("GET", bucket + "?prefix=" + Uri.EscapeDataString(prefix + "/../")),
                     ("GET", own + "/data/x?acl"),
                     ("PUT", own + "/data/x?acl"),
                     ("PUT", own + "/data/x?tagging"),
                     ("PUT", bucket),
                     ("DELETE", bucket),
                     ("DELETE", own + "/data/x?versionId=1"),
                     ("POST", own + "/data/x?restore"),
                     ("PATCH", own + "/data/x"),
                 })
        {
            await lake.RefusedAsync(user, Table, method, uri);
        }

        foreach (var uri in new[] { own + "/data/../../x", own + "/data/%2e%2e/x", own + "/data/%2E./x", own + "/data//x", own + "/data/%252e%252e/x", own + "/a%2fb", own + "/%ff", own + "/x?partNumber=1&partNumber=2", own + "/x#y",
                                    "ftp://x/y", "http://user@host/x", "http://elsewhere.example/x/y", own + "/x\\..\\y", "x" })
        {
            await lake.RefusedAsync(user, Table, "GET", uri, expected: HttpStatusCode.BadRequest);
        }

        foreach (var header in new[] { "x-amz-copy-source", "x-amz-acl", "x-amz-grant-read", "x-amz-bypass-governance-retention", "x-amz-tagging", "x-amz-website-redirect-location" })
        {
            await lake.RefusedAsync(user, Table, "PUT", own + "/data/x", headers: (header, "/bucket/key"));
        }

        foreach (var (body, expected) in new[]
                 {
                     ($"<Delete><Object><Key>{prefix}/data/x</Key><VersionId>1</VersionId></Object></Delete>", HttpStatusCode.Forbidden),
                     ($"<Delete><Object><Key>{prefix}/data/x</Key></Object><Object><Key>lake/elsewhere</Key></Object></Delete>", HttpStatusCode.Forbidden),
                     ($"<Delete><Object><Key>{prefix}/data/<![CDATA[../../x]]></Key></Object></Delete>", HttpStatusCode.Forbidden),
                     ($"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><Delete><Object><Key>{prefix}/data/x</Key></Object></Delete>", HttpStatusCode.Forbidden),
                     ("<!DOCTYPE Delete [<!ENTITY a \"b\">]><Delete><Object><Key>&a;</Key></Object></Delete>", HttpStatusCode.BadRequest),
                     ("<Delete/>", HttpStatusCode.BadRequest),
                     ("", HttpStatusCode.BadRequest),
                 })
        {
            await lake.RefusedAsync(user, Table, "POST", bucket + "?delete", body, expected);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await lake.AskAsync(user, Table, "GET", own + "/x", body: null, ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"))).Status);
        Assert.Contains("tag or a point of the past", await lake.RefusedAsync(user, "iceberg/v1/~401/namespaces/gold/tables/t".Replace("~401", "~40" + await HeadAsync(user)), "PUT", own + "/data/x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_caller_gets_what_it_may_do()
    {
        await using var lake = await S3Lake.StartAsync(postgres);
        var table = await CreateAsync(lake);
        var (file, manifest) = (lake.Address($"{table.Location}/data/x.parquet"), lake.Address($"{table.Location}/metadata/m.avro"));
        foreach (var (privilege, allowed) in new[] { ("describe", ""), ("select", "read list metadata"), ("append", "metadata write"), ("modify", "read list metadata write delete"), (null, "") })
        {
            var (name, _, client) = await lake.Server.CreateServiceAsync();
            if (privilege is not null)
            {
                await lake.Server.GrantAsync(name, privilege, "gold", "t");
            }

            var prefix = Uri.EscapeDataString(table.Location[$"s3://{lake.Bucket}/".Length..] + "/data/");
            foreach (var (what, method, uri) in new[]
                     {
                         ("read", "GET", file), ("read", "HEAD", file), ("list", "GET", $"{lake.Ceph.Endpoint}/{lake.Bucket}?list-type=2&prefix={prefix}"), ("metadata", "GET", manifest), ("write", "PUT", file), ("write", "POST", file + "?uploads"),
                         ("delete", "DELETE", file),
                     })
            {
                var expected = allowed.Split(' ').Contains(what) ? HttpStatusCode.OK : HttpStatusCode.Forbidden;
                var (status, body) = await lake.AskAsync(client, Table, method, uri);
                Assert.True(status == expected, $"{privilege}: {method} {uri} answers {(int)status}: {body}");
            }
        }
    }

    [Fact]
    public async Task A_table_that_sends_its_writers_into_anothers_folder_opens_nothing_of_it()
    {
        await using var lake = await S3Lake.StartAsync(postgres);
        var secret = await CreateAsync(lake);
        var (name, _, client) = await lake.Server.CreateServiceAsync();
        await lake.Server.User.CreateAsync("gold", "mine");
        await lake.Server.GrantAsync(name, "modify", "gold", "mine");
        const string Mine = "iceberg/v1/namespaces/gold/tables/mine";
        await lake.Server.User.SendAsync(HttpMethod.Post, Mine, HttpStatusCode.OK, $$"""{"requirements":[],"updates":[{"action":"set-properties","updates":{"write.data.path":"{{secret.Location}}/data"} }]}""");
        foreach (var method in new[] { "GET", "PUT", "DELETE" })
        {
            Assert.Contains("Another table", await lake.RefusedAsync(client, Mine, method, lake.Address(secret.Location + "/data/x.parquet")), StringComparison.Ordinal);
        }

        await lake.Server.GrantAsync(name, "select", "gold", "t");
        Assert.Equal(HttpStatusCode.OK, (await lake.AskAsync(client, Mine, "GET", lake.Address(secret.Location + "/data/x.parquet"))).Status);
    }

    [Fact]
    public async Task The_files_of_a_staged_table_are_written_before_it_is_there()
    {
        await using var lake = await S3Lake.StartAsync(postgres);
        var user = lake.Server.User;
        await user.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables")
        {
            Content = new StringContent($$"""{"name":"t","stage-create":true,"schema":{{PlannedTables.Schema}} }""", System.Text.Encoding.UTF8, "application/json"),
        };
        request.Headers.TryAddWithoutValidation("X-Iceberg-Access-Delegation", "remote-signing");
        using var response = await user.SendAsync(request);
        var staged = System.Text.Json.Nodes.JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        var location = staged["metadata"]!["location"]!.GetValue<string>();
        var token = staged["remote-signing-config"]!["properties"]!["lakeaspire.staged"]!.GetValue<string>();
        Assert.Equal($"v1/main/namespaces/gold/tables/t/sign?lakeaspire.staged={token}", staged["config"]!["signer.endpoint"]!.GetValue<string>());
        var file = lake.Address(location + "/data/x.parquet");
        await lake.RefusedAsync(user, Table, "PUT", file);
        lake.Properties["lakeaspire.staged"] = token;
        Assert.Equal(HttpStatusCode.OK, (await lake.SendAsync(user, Table, "PUT", file, "rows")).Status);
        Assert.Equal((HttpStatusCode.OK, "rows"), await lake.SendAsync(user, Table, "GET", file));
        await lake.RefusedAsync(user, Table, "PUT", lake.Address(location + "x/data/x.parquet"));
        await lake.RefusedAsync(user, "iceberg/v1/namespaces/gold/tables/u", "PUT", file);
        await lake.RefusedAsync((await lake.Server.CreateServiceAsync()).Client, Table, "PUT", file);
    }

    static async Task<string> HeadAsync(HttpClient client) => (await client.GetJsonAsync("api/commits"))["commits"]![0]!["id"]!.ToString();

    static string Md5(string text) => Convert.ToBase64String(System.Security.Cryptography.MD5.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    static async Task<TableMetadata> CreateAsync(S3Lake lake)
    {
        await lake.Server.User.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces", HttpStatusCode.OK, """{"namespace":["gold"]}""");
        await lake.Server.User.CreateAsync("gold", "t");
        return await lake.Server.User.LoadAsync(Table);
    }
}
