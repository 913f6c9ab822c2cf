using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace LakeAspire.Catalog.Api.Tests.Model;

/// <summary>An instance of the catalog, and a client of it with the services' key.</summary>
internal sealed record ModelInstance(CatalogProcess Process, HttpClient Client);

/// <summary>
/// One of many clients that write, branch, merge, drop and read at random. A row is a data file (its content does not matter here) named by its writer, the branch that it was written on, and a number;
/// it comes with the move of a cursor from the number before.
/// </summary>
internal sealed class ModelClient(int id, IReadOnlyList<ModelInstance> instances, IObjectStore store, ModelLog log, Random random)
{
    public const int Tables = 3;
    const int Branches = 4;

    /// <summary>What this client's cursors were when it last knew, by scope.</summary>
    readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);
    int acts;

    HttpClient Http => instances[random.Next(instances.Count)].Client;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ActAsync();
            }
            catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException or JsonException)
            {
                // An instance is away, or its answer was cut: it goes on as soon as one serves.
                await Until.TrueAsync(async () => await instances[random.Next(instances.Count)].Process.IsHealthyAsync(), "an instance serves", TimeSpan.FromMinutes(2));
            }
        }
    }

    Task ActAsync() => random.Next(100) switch
    {
        < 45 => WriteAsync(),
        < 55 => PairAsync(),
        < 65 => BranchAsync(),
        < 75 => MergeAsync(),
        < 82 => VictimAsync(),
        < 86 => DropBranchAsync(),
        _ => ReadAsync(),
    };

    /// <summary>Appends a row to a table, with the move of the cursor that says so.</summary>
    async Task WriteAsync()
    {
        var branch = AnyBranch();
        if (await BranchIdentityAsync(branch) is not { } identity)
        {
            return;
        }

        var scope = $"w{id}/{identity}";
        var table = $"t{random.Next(Tables)}";
        if (!positions.TryGetValue(scope, out var at))
        {
            at = positions[scope] = await PositionAsync(branch, scope);
        }

        var loaded = await GetAsync($"iceberg/v1/{Prefix(branch)}/namespaces/model/tables/{table}");
        if (loaded is null)
        {
            return;
        }

        var metadata = TableMetadataJson.Parse(Encoding.UTF8.GetBytes(loaded["metadata"]!.ToJsonString()));
        var file = new DataFile
        {
            FilePath = $"{metadata.Location}/data/{scope.Replace('/', '-')}-{at + 1}.parquet", RecordCount = 1, FileSizeInBytes = 100,
        };
        using (var content = new MemoryStream(new byte[100]))
        {
            await store.PutIfAbsentAsync(file.FilePath, content);
        }

        var prepared = await SnapshotBuilder.AppendAsync(store, metadata, [file], new Dictionary<string, string>(StringComparer.Ordinal), SnapshotContext.Random(TimeProvider.System));
        var change = new JsonObject
        {
            ["identifier"] = new JsonObject { ["namespace"] = new JsonArray("model"), ["name"] = table },
            ["requirements"] = Json(prepared.Requirements, TableRequirementJson.Write),
            ["updates"] = Json(prepared.Updates, TableUpdateJson.Write),
        };
        var cursor = new JsonObject { ["scope"] = scope, ["expected"] = at == 0 ? null : at.ToString(CultureInfo.InvariantCulture), ["next"] = (at + 1).ToString(CultureInfo.InvariantCulture) };
        positions.Remove(scope);
        if (await CommitAsync(branch, "append", new JsonArray(change), new JsonArray(cursor)))
        {
            positions[scope] = at + 1;
        }
    }

    /// <summary>Changes two tables in one commit: no reader may ever see one without the other.</summary>
    Task PairAsync()
    {
        var value = Guid.NewGuid().ToString("N");
        return CommitAsync(AnyBranch(), "pair", new JsonArray(Set("left", value), Set("right", value)), []);
    }

    async Task BranchAsync() => await SendAsync(HttpMethod.Post, "api/branches", new JsonObject { ["name"] = $"b{random.Next(Branches)}", ["from"] = AnyBranch() }, "branch");

    async Task DropBranchAsync() => await SendAsync(HttpMethod.Delete, $"api/branches/b{random.Next(Branches)}", null, "drop branch");

    async Task MergeAsync()
    {
        var (from, into) = random.Next(3) == 0 ? (AnyBranch(), AnyBranch()) : ($"b{random.Next(Branches)}", "main");
        if (from != into)
        {
            await NamedAsync("merge", message => SendAsync(HttpMethod.Post, $"api/branches/{into}/merge", new JsonObject { ["from"] = from, ["message"] = message }, "merge"));
        }
    }

    /// <summary>Makes and drops tables without rows.</summary>
    async Task VictimAsync()
    {
        var (branch, name) = (AnyBranch(), $"v{random.Next(3)}");
        if (random.Next(2) == 0)
        {
            var schema = JsonNode.Parse("""{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":false,"type":"long"}]}""");
            await SendAsync(HttpMethod.Post, $"iceberg/v1/{Prefix(branch)}/namespaces/model/tables", new JsonObject { ["name"] = name, ["schema"] = schema }, "create table");
        }
        else
        {
            await SendAsync(HttpMethod.Delete, $"iceberg/v1/{Prefix(branch)}/namespaces/model/tables/{name}", null, "drop table");
        }
    }

    /// <summary>Reads two tables of one state of the lake, which is what a commit made of both, and notes what it saw.</summary>
    async Task ReadAsync()
    {
        var branch = AnyBranch();
        if (await GetAsync($"api/branches/{branch}") is not { } found || found["head"]?.GetValue<long>() is not { } head)
        {
            return;
        }

        var reference = $"@{head}";
        var values = new List<string?>();
        foreach (var table in new[] { "left", "right", $"t{random.Next(Tables)}", $"v{random.Next(3)}" })
        {
            var loaded = await GetAsync($"iceberg/v1/{Prefix(reference)}/namespaces/model/tables/{table}");
            log.Seen.Add((reference, table, loaded?["metadata-location"]!.GetValue<string>()));
            values.Add(loaded?["metadata"]!["properties"]?["pair"]?.GetValue<string>());
        }

        Assert.Equal(values[0], values[1]);
        log.Did("read");
    }

    async Task<bool> CommitAsync(string branch, string act, JsonArray changes, JsonArray cursors) => await NamedAsync(act, message => SendAsync(
        HttpMethod.Post,
        $"iceberg/v1/{Prefix(branch)}/transactions/commit",
        new JsonObject { ["table-changes"] = changes, ["lakeaspire"] = new JsonObject { ["message"] = message, ["cursors"] = cursors } },
        act));

    /// <summary>Does something under a message that nothing else has, and notes what became of it.</summary>
    async Task<bool> NamedAsync(string act, Func<string, Task<(HttpStatusCode Status, long? Commit)>> send)
    {
        var message = $"{act} {id}.{++acts}";
        try
        {
            var (status, commit) = await send(message);
            if ((int)status < 300)
            {
                if (commit is { } made)
                {
                    log.Acknowledged[message] = made;
                }

                return true;
            }

            (status == HttpStatusCode.InternalServerError ? log.Unknown : log.Refused)[message] = true;
            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException or IOException)
        {
            log.Unknown[message] = true;
            throw;
        }
    }

    async Task<(HttpStatusCode Status, long? Commit)> SendAsync(HttpMethod method, string path, JsonObject? body, string act)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json") };
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode is < 300 or 400 or 404 or 409 or 500 or 503, $"{method} {path} answers {(int)response.StatusCode}: {text}");
        Assert.True((int)response.StatusCode != 500 || text.Contains("CommitStateUnknownException", StringComparison.Ordinal), $"{method} {path} failed: {text}");
        if (response.IsSuccessStatusCode)
        {
            log.Did(act);
        }

        return (response.StatusCode, response.Headers.TryGetValues("LakeAspire-Commit", out var ids) ? long.Parse(ids.First(), CultureInfo.InvariantCulture) : null);
    }

    async Task<JsonNode?> GetAsync(string path)
    {
        using var response = await Http.GetAsync(path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True((int)response.StatusCode is 200 or 404 or 503, $"GET {path} answers {(int)response.StatusCode}: {text}");
        return response.StatusCode switch
        {
            HttpStatusCode.OK => JsonNode.Parse(text),
            HttpStatusCode.NotFound => null,
            _ => throw new HttpRequestException("unavailable"),
        };
    }

    /// <summary>Which branch of the name it is: names come again after a drop.</summary>
    async Task<string?> BranchIdentityAsync(string branch) => branch == "main" ? "main"
        : await GetAsync($"api/branches/{branch}") is { } found ? branch + "@" + found["createdAt"]!.GetValue<DateTimeOffset>().Ticks.ToString(CultureInfo.InvariantCulture) : null;

    async Task<int> PositionAsync(string branch, string scope)
    {
        var found = await GetAsync($"api/positions?branch={branch}&scope={Uri.EscapeDataString(scope)}") ?? throw new HttpRequestException("the branch is gone");
        return found["cursors"]!.AsArray() is [{ } cursor] ? int.Parse(cursor["value"]!.GetValue<string>(), CultureInfo.InvariantCulture) : 0;
    }

    string AnyBranch() => random.Next(3) == 0 ? "main" : $"b{random.Next(Branches)}";

    static string Prefix(string reference) => reference.Replace("@", "~40", StringComparison.Ordinal);

    static JsonObject Set(string table, string value) => new()
    {
        ["identifier"] = new JsonObject { ["namespace"] = new JsonArray("model"), ["name"] = table },
        ["requirements"] = new JsonArray(),
        ["updates"] = new JsonArray(new JsonObject { ["action"] = "set-properties", ["updates"] = new JsonObject { ["pair"] = value } }),
    };

    static JsonArray Json<T>(IEnumerable<T> items, Action<Utf8JsonWriter, T> write) => new(items.Select(item =>
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer, item);
        }

        return JsonNode.Parse(buffer.ToArray());
    }).ToArray());
}
