using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Catalog.Backup;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Storage;
using static LakeAspire.Testing.Catalog.HttpAssertions;

namespace LakeAspire.Catalog.Api.Tests.Backup;

/// <summary>A database comes back from its archive as it was, or not at all.</summary>
public sealed class BackupTests(PostgresServer postgres)
{
    const string Passphrase = "correct horse battery staple";

    [Fact]
    public async Task What_was_backed_up_comes_back_in_another_database()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        var before = await FilledDatabase.DigestAsync(lake.Database);
        var archive = await lake.BackUpAsync();

        var empty = await postgres.CreateDatabaseAsync();
        await using var other = await CatalogServer.StartAsync(empty, lake.Warehouse);
        var restored = await RestoreAsync(other.User, archive);
        Assert.Equal(before, await FilledDatabase.DigestAsync(empty));
        Assert.Equal(lake.Commits, restored["head"]!["commit"]!.GetValue<long>());

        // The catalog that was running meanwhile goes on from there, with ids that were not used before.
        Assert.Equal("v1", await other.Service.PropertyAsync("gold", "t", "k"));
        await other.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], "k", "v2"));
        Assert.Equal(lake.Commits + RestoreRunner.Gap + 1, await NewestAsync(other));
        Assert.Equal("v1", await lake.Server.Service.PropertyAsync("gold", "t", "k"));
    }

    [Fact]
    public async Task Every_table_of_the_schema_is_in_the_archive_and_its_manifest_tells_what_it_is()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        await FilledDatabase.RunAsync(lake.Database, "CREATE TABLE of_a_later_feature (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at interval, doubled bigint GENERATED ALWAYS AS (id * 2) STORED); INSERT INTO of_a_later_feature (at) VALUES ('1 day'), (NULL)");
        using var zip = new ZipArchive(new MemoryStream(await lake.BackUpAsync()));
        var manifest = await ManifestAsync(zip);
        Assert.Contains("of_a_later_feature", manifest.Tables.Select(table => table.Name));
        Assert.Equal(2, manifest.Tables.Single(table => table.Name == "of_a_later_feature").Rows);
        Assert.Equal("1\tP1D\n2\t\\N\n", await new StreamReader(zip.GetEntry("tables/of_a_later_feature.copy")!.Open()).ReadToEndAsync());
        Assert.Equal(lake.Warehouse, manifest.Warehouse);
        Assert.Equal("20251101000000_Initial", manifest.Migrations[0]);
        Assert.Equal("installation", manifest.Secrets.Key);

        // A service that runs works the inbox off.
        Assert.Contains("lineage_inbox", manifest.Tables.Select(table => table.Name));
        Assert.Superset(lake.Filled.Where(name => name != "lineage_inbox").ToHashSet(), manifest.Tables.Where(table => table.Rows > 0).Select(table => table.Name).ToHashSet());

        // An archive can be read in by hand: what others refer to comes first.
        var names = manifest.Tables.Select(table => table.Name).ToList();
        Assert.True(names.IndexOf("tables") < names.IndexOf("pointers") && names.IndexOf("commits") < names.IndexOf("pointers") && names.IndexOf("runs") < names.IndexOf("run_nodes"));
    }

    [Fact]
    public async Task A_database_in_use_is_left_alone_unless_it_may_go()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        var archive = await lake.BackUpAsync();
        await using var other = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), lake.Warehouse);
        await other.Service.CreateTablesAsync("silver", "mine");
        var refused = await RestoreAsync(other.User, archive, HttpStatusCode.Conflict);
        Assert.Contains("commits", refused["title"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("--replace", refused["title"]!.GetValue<string>(), StringComparison.Ordinal);
        await other.Service.MetadataLocationAsync("silver", "mine");

        // Its ids do not come again, in whichever of the two databases they were given.
        await other.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, Transaction("silver", ["mine"], "k", "v"));
        var seen = Math.Max(await NewestAsync(other), await NewestAsync(lake.Server));
        await RestoreAsync(other.User, archive, path: "api/restore?replace=true");
        await other.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, """{"table-changes":[],"lakeaspire":{"items":[{"scope":"after","key":"a","fingerprint":"f"}]}}""");
        Assert.True(await NewestAsync(other) > seen, "an id was given again");
        await RestoreAsync(other.User, archive, path: "api/restore?replace=true");
        await other.Service.SendAsync(HttpMethod.Get, "iceberg/v1/namespaces/silver/tables/mine", HttpStatusCode.NotFound);
        Assert.Equal(await FilledDatabase.DigestAsync(lake.Database), await FilledDatabase.DigestAsync(other.ConnectionString));
    }

    [Fact]
    public async Task An_archive_of_another_warehouse_is_refused()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        await using var other = await CatalogServer.StartAsync(postgres);
        var refused = await RestoreAsync(other.User, await lake.BackUpAsync(), HttpStatusCode.Conflict);
        Assert.Contains(lake.Warehouse, refused["title"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_anywhere_in_the_archive_is_noticed_before_anything_happens()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        var archive = await lake.BackUpAsync();
        await using var other = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), lake.Warehouse);
        var before = await FilledDatabase.DigestAsync(other.ConnectionString);
        var random = new Random(Soak.Seed);
        TestContext.Current.SendDiagnosticMessage($"seed {Soak.Seed}");
        var refused = 0;
        for (var round = 0; round < Soak.Scale(100); round++)
        {
            var damaged = archive.ToArray();
            if (round % 3 == 0)
            {
                damaged = damaged[..random.Next(damaged.Length)];
            }
            else
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            using var response = await SendAsync(other.User, damaged, "api/restore");
            Assert.True(response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.OK, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
            if (response.StatusCode == HttpStatusCode.Conflict)
            {
                refused++;
                Assert.Equal(before, await FilledDatabase.DigestAsync(other.ConnectionString));
            }
            else
            {
                // The bit was one that means nothing, as a time stamp of the ZIP's: what came back is right all the same.
                Assert.Equal(await FilledDatabase.DigestAsync(lake.Database), await FilledDatabase.DigestAsync(other.ConnectionString));
                break;
            }
        }

        Assert.True(refused > 0);
    }

    [Fact]
    public async Task Secrets_are_sealed_and_open_with_their_passphrase_alone()
    {
        const string Secret = "postgres://user:hunter2@db/x";
        await using var lake = await FilledLake.CreateAsync(postgres);
        await FilledDatabase.RunAsync(lake.Database, $$"""INSERT INTO sources (name, kind, document, paused, created_at, updated_at) VALUES ('secret', 'postgres', '{"url": "{{Secret}}"}', false, now(), now())""");
        var archive = await lake.BackUpAsync(Passphrase);
        using var zip = new ZipArchive(new MemoryStream(archive));
        foreach (var entry in zip.Entries)
        {
            using var content = new MemoryStream();
            await entry.Open().CopyToAsync(content);
            Assert.DoesNotContain("hunter2", Encoding.UTF8.GetString(content.ToArray()), StringComparison.Ordinal);
        }

        var manifest = await ManifestAsync(zip);
        Assert.Equal("passphrase", manifest.Secrets.Key);
        Assert.Contains("sources.document", manifest.Secrets.Columns);
        Assert.True(manifest.Tables.Single(table => table.Name == "sources").Sealed);

        await using var other = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), lake.Warehouse);
        Assert.Contains("passphrase", (await RestoreAsync(other.User, archive, HttpStatusCode.Conflict))["title"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("passphrase", (await RestoreAsync(other.User, archive, HttpStatusCode.Conflict, passphrase: Passphrase + "!"))["title"]!.GetValue<string>(), StringComparison.Ordinal);
        await RestoreAsync(other.User, archive, passphrase: Passphrase);
        Assert.Equal(await FilledDatabase.DigestAsync(lake.Database), await FilledDatabase.DigestAsync(other.ConnectionString));
    }

    [Fact]
    public async Task A_backup_sees_one_state_while_commits_go_on()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        using var done = new CancellationTokenSource();
        var committing = Task.Run(async () =>
        {
            for (var i = 0; !done.IsCancellationRequested; i++)
            {
                var cursor = $$"""{"cursors":[{"scope":"busy","expected":{{(i == 0 ? "null" : $"\"{i}\"")}},"next":"{{i + 1}}"}]}""";
                await lake.Server.Service.SendAsync(HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent, Transaction("gold", ["t"], "n", $"{i + 1}", cursor));
            }
        });
        await using var other = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), lake.Warehouse);
        for (var round = 0; round < 3; round++)
        {
            await RestoreAsync(other.User, await lake.BackUpAsync(), path: "api/restore?replace=true");
            var position = (await other.Service.GetJsonAsync("api/positions?scope=busy"))["cursors"]!.AsArray();
            Assert.Equal(position.Count == 0 ? null : position[0]!["value"]!.GetValue<string>(), await other.Service.PropertyAsync("gold", "t", "n"));
        }

        await done.CancelAsync();
        await committing;
    }

    /// <summary>A column that sounds like a secret is sealed, or is one of these.</summary>
    [Fact]
    public async Task No_secret_column_is_forgotten()
    {
        string[] harmless = ["leases.token"]; // a number
        await using var server = await CatalogServer.StartAsync(postgres);
        await using var connection = new Npgsql.NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync();
        var columns = (await StoredTables.ReadAsync(connection, TestContext.Current.CancellationToken)).SelectMany(table => table.Columns.Select(column => (Table: table.Name, Column: column))).ToList();
        string[] sounds = ["secret", "private", "password", "passphrase", "token", "credential", "hash"];
        var suspicious = columns.Where(c => sounds.Any(s => c.Column.Contains(s, StringComparison.Ordinal)) && !SecretColumns.All.Contains(c)).Select(c => $"{c.Table}.{c.Column}").Except(harmless).ToList();
        Assert.True(suspicious.Count == 0, $"{string.Join(", ", suspicious)}: list it in SecretColumns, or here if it is hashed or harmless");
        Assert.All(SecretColumns.All, secret => Assert.Contains(secret, columns));
    }

    [Fact]
    public async Task An_archive_of_a_later_version_is_refused()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        var archive = await lake.BackUpAsync();
        await using var other = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), lake.Warehouse);
        var later = await EditAsync(archive, manifest => ((JsonArray)manifest["migrations"]!).Add("99991231000000_Later"));
        Assert.Contains("99991231000000_Later", (await RestoreAsync(other.User, later, HttpStatusCode.Conflict))["title"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_archive_whose_manifest_was_changed_to_fit_is_refused_unless_it_may_be_so()
    {
        await using var lake = await FilledLake.CreateAsync(postgres);
        var archive = await lake.BackUpAsync();
        await using var other = await CatalogServer.StartAsync(await postgres.CreateDatabaseAsync(), lake.Warehouse);
        var before = await FilledDatabase.DigestAsync(other.ConnectionString);
        var looked = await RestoreAsync(other.User, archive, path: "api/backup/verify");
        Assert.Equal((lake.Warehouse, lake.Commits, 0), (looked["warehouse"]!.GetValue<string>(), looked["head"]!["commit"]!.GetValue<long>(), looked["migrationsApplied"]!.AsArray().Count));

        // Somebody who can write files but has no key: a row more, every checksum as it has to be.
        var changed = await EditAsync(archive, manifest => Append(manifest, archive), ("tables/projects.copy", "evil\t2026-01-01 00:00:00+00\t{\"models\": [], \"sources\": []}\n"));
        var unsigned = await EditAsync(archive, manifest => { manifest["version"] = 1; ((JsonObject)manifest["secrets"]!).Remove("check"); }, remove: BackupManifest.SignatureName);
        foreach (var (forged, why) in ((byte[], string)[])[(changed, "changed after it was signed"), (unsigned, "not signed")])
        {
            Assert.Contains(why, (await RestoreAsync(other.User, forged, HttpStatusCode.Conflict))["title"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Contains(why, (await RestoreAsync(other.User, forged, HttpStatusCode.Conflict, "api/backup/verify"))["title"]!.GetValue<string>(), StringComparison.Ordinal);
            Assert.Equal(before, await FilledDatabase.DigestAsync(other.ConnectionString));
        }

        Assert.Contains("another key", (await RestoreAsync(other.User, changed, HttpStatusCode.Conflict, passphrase: Passphrase))["title"]!.GetValue<string>(), StringComparison.Ordinal);
        await RestoreAsync(other.User, changed, path: "api/restore?unsigned=true");
        Assert.Contains("evil", (await other.User.GetJsonAsync("api/projects"))["projects"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()));

        // One of version 1 has neither a signature nor what tells its key.
        await RestoreAsync(other.User, unsigned, path: "api/restore?replace=true&unsigned=true");
        Assert.DoesNotContain("evil", (await other.User.GetJsonAsync("api/projects"))["projects"]!.AsArray().Select(p => p!["name"]!.GetValue<string>()));
    }

    static async Task<long> NewestAsync(CatalogServer server) => (await server.Service.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!["id"]!.GetValue<long>();

    /// <summary>Says of the projects that there is one more.</summary>
    static void Append(JsonNode manifest, byte[] archive)
    {
        using var zip = new ZipArchive(new MemoryStream(archive));
        using var content = new MemoryStream();
        using (var entry = zip.GetEntry("tables/projects.copy")!.Open())
        {
            entry.CopyTo(content);
        }

        content.Write("evil\t2026-01-01 00:00:00+00\t{\"models\": [], \"sources\": []}\n"u8);
        var table = manifest["tables"]!.AsArray().Single(t => t!["name"]!.GetValue<string>() == "projects")!;
        table["rows"] = table["rows"]!.GetValue<long>() + 1;
        table["bytes"] = content.Length;
        table["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content.ToArray()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("c2hvcnQ=")]
    [InlineData("not base64!")]
    public async Task Only_an_operator_with_a_proper_passphrase_gets_an_archive(string? passphrase)
    {
        await using var server = await CatalogServer.StartAsync(postgres);
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/backup");
        if (passphrase is not null)
        {
            request.Headers.Add(BackupEndpoints.PassphraseHeader, passphrase);
        }

        using var response = await (passphrase is null ? server.Client() : server.User).SendAsync(request);
        Assert.Equal(passphrase is null ? HttpStatusCode.Unauthorized : HttpStatusCode.BadRequest, response.StatusCode);
    }

    internal static async Task<JsonNode> RestoreAsync(HttpClient client, byte[] archive, HttpStatusCode expected = HttpStatusCode.OK, string path = "api/restore", string? passphrase = null)
    {
        using var response = await SendAsync(client, archive, path, passphrase);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    static async Task<HttpResponseMessage> SendAsync(HttpClient client, byte[] archive, string path, string? passphrase = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(archive) { Headers = { ContentType = new MediaTypeHeaderValue("application/zip") } } };
        if (passphrase is not null)
        {
            request.Headers.Add(BackupEndpoints.PassphraseHeader, Convert.ToBase64String(Encoding.UTF8.GetBytes(passphrase)));
        }

        return await client.SendAsync(request);
    }

    internal static async Task<BackupManifest> ManifestAsync(ZipArchive zip) => (await JsonSerializer.DeserializeAsync<BackupManifest>(zip.GetEntry(BackupManifest.EntryName)!.Open(), BackupManifest.Json))!;

    static async Task<byte[]> EditAsync(byte[] archive, Action<JsonNode> edit, (string Entry, string Text)? append = null, string? remove = null)
    {
        using var edited = new MemoryStream();
        edited.Write(archive);
        using (var zip = new ZipArchive(edited, ZipArchiveMode.Update, leaveOpen: true))
        {
            if (append is { } more)
            {
                await using var target = zip.GetEntry(more.Entry)!.Open();
                target.Seek(0, SeekOrigin.End);
                target.Write(Encoding.UTF8.GetBytes(more.Text));
            }

            if (remove is not null)
            {
                zip.GetEntry(remove)!.Delete();
            }

            var entry = zip.GetEntry(BackupManifest.EntryName)!;
            JsonNode manifest;
            await using (var stream = entry.Open())
            {
                manifest = (await JsonNode.ParseAsync(stream))!;
            }

            edit(manifest);
            entry.Delete();
            zip.GetEntry(BackupManifest.ChecksumName)!.Delete();
            var json = JsonSerializer.SerializeToUtf8Bytes(manifest);
            await using (var written = zip.CreateEntry(BackupManifest.EntryName).Open())
            {
                await written.WriteAsync(json);
            }

            await using var checksum = zip.CreateEntry(BackupManifest.ChecksumName).Open();
            await checksum.WriteAsync(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(json))));
        }

        return edited.ToArray();
    }
}

/// <summary>A catalog whose every table holds something.</summary>
internal sealed class FilledLake : IAsyncDisposable
{
    FilledLake(CatalogServer server, IReadOnlyList<string> filled, long commits)
    {
        Server = server;
        Filled = filled;
        Commits = commits;
    }

    public CatalogServer Server { get; }

    /// <summary>The tables that hold rows.</summary>
    public IReadOnlyList<string> Filled { get; }

    /// <summary>The newest commit.</summary>
    public long Commits { get; }

    public string Database => Server.ConnectionString;

    public string Warehouse => Server.Warehouse;

    public static async Task<FilledLake> CreateAsync(PostgresServer postgres)
    {
        var server = await CatalogServer.StartAsync(postgres);
        await server.Service.CreateTablesAsync("gold", "t", "u");
        await server.Service.SendAsync(
            HttpMethod.Post, "iceberg/v1/transactions/commit", HttpStatusCode.NoContent,
            Transaction("gold", ["t", "u"], "k", "v1", """{"cursors":[{"scope":"kafka/t/0","next":"10"}],"items":[{"scope":"landing","key":"a","fingerprint":"f"}]}"""));
        await server.Service.SendAsync(HttpMethod.Delete, "iceberg/v1/namespaces/gold/tables/u", HttpStatusCode.NoContent);
        await server.User.PostJsonAsync("api/runs", new { pipeline = "watchlog", trigger = "manual" }, HttpStatusCode.Accepted);
        var filled = await FilledDatabase.FillAsync(server.ConnectionString);
        Assert.True(filled.Count > 10);
        return new FilledLake(server, filled, (await server.Service.GetJsonAsync("api/commits?limit=1"))["commits"]![0]!["id"]!.GetValue<long>());
    }

    public async Task<byte[]> BackUpAsync(string? passphrase = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/backup");
        if (passphrase is not null)
        {
            request.Headers.Add(BackupEndpoints.PassphraseHeader, Convert.ToBase64String(Encoding.UTF8.GetBytes(passphrase)));
        }

        using var response = await Server.User.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsByteArrayAsync();
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
