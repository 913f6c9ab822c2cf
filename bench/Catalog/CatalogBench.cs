using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Npgsql;

namespace LakeAspire.Bench.Catalog;

/// <summary>
/// <c>catalog [--cases commit,load,merge,branch,list] [--seconds 5] [--branch-tables 100000] [--list-tables 1000000] [--merge-tables 1000]</c>: what the catalog does in a second over HTTP, and beside each case what the bare PostgreSQL
/// statements and the one file cost that it needs at the least, over the same database and disk.
/// </summary>
internal static class CatalogBench
{
    static readonly int[] Clients = [1, 8, 32];

    public static async Task<int> RunAsync(string[] args)
    {
        int Option(string name, int otherwise) => Array.IndexOf(args, "--" + name) is var i and >= 0 ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
        var cases = Array.IndexOf(args, "--cases") is var named and >= 0 ? args[named + 1].Split(',') : ["commit", "load", "merge", "branch", "list"];
        var time = TimeSpan.FromSeconds(Option("seconds", 5));
        await using var postgres = new PostgresServer();
        await using var server = await CatalogServer.StartAsync(postgres, options: ["--Catalog:MaxConnections=40"]);
        await using var database = new NpgsqlDataSourceBuilder(server.ConnectionString) { ConnectionStringBuilder = { MaxPoolSize = 40, MaxAutoPrepare = 50 } }.Build();
        var bare = new BareCatalog(database, server.Store);
        var filled = new FilledLake(server, database);
        Console.WriteLine($"{Environment.ProcessorCount} cores, {time.TotalSeconds} s for each case; clients, service and database share them");
        Console.WriteLine("| case | clients | catalog/s | p50 ms | p99 ms | bare/s | bare p99 ms | bare ÷ catalog |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");

        await filled.CreateTablesAsync("one", 1);
        await filled.CreateTablesAsync("many", 100);
        await filled.CreateTablesAsync("bare-one", 1);
        await filled.CreateTablesAsync("bare-many", 100);
        await filled.CreateTablesAsync("read", 100);
        await CommitAsync(server, bare, "one", 1, TimeSpan.FromSeconds(1), 8, print: false);
        if (cases.Contains("commit"))
        {
            foreach (var (ns, tables) in new[] { ("one", 1), ("many", 100) })
            {
                foreach (var clients in Clients)
                {
                    await CommitAsync(server, bare, ns, tables, time, clients);
                }
            }
        }

        if (cases.Contains("load"))
        {
            await LoadAsync(server, bare, time);
        }

        if (cases.Contains("merge"))
        {
            await MergeAsync(server, bare, filled, Option("merge-tables", 1000));
        }

        if (cases.Contains("branch"))
        {
            await BranchAsync(server, bare, filled, Option("branch-tables", 100_000));
        }

        if (cases.Contains("list"))
        {
            await ListAsync(server, bare, filled, Option("list-tables", 1_000_000));
        }

        return 0;
    }

    static async Task LoadAsync(CatalogServer server, BareCatalog bare, TimeSpan time)
    {
        foreach (var clients in Clients)
        {
            var ours = await Load.RunAsync(clients, time, async (client, n) => await OkAsync(server.Service.GetAsync($"iceberg/v1/namespaces/read/tables/t{(client + n) % 100}")));
            var theirs = await Load.RunAsync(clients, time, (client, n) => bare.LoadAsync("read", $"t{(client + n) % 100}"));
            Print("loadTable", clients, ours, theirs);
        }
    }

    static async Task CommitAsync(CatalogServer server, BareCatalog bare, string ns, int tables, TimeSpan time, int clients, bool print = true)
    {
        var ours = await Load.RunAsync(clients, time, async (client, n) =>
        {
            var body = $$$"""{"requirements":[],"updates":[{"action":"set-properties","updates":{"k{{{client}}}":"{{{n}}}"}}]}""";
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            await OkAsync(server.Service.PostAsync($"iceberg/v1/namespaces/{ns}/tables/t{((client * 31) + n) % tables}", content));
        });

        // Tables of their own: what the bare statements leave points to metadata that is not theirs.
        var theirs = await bare.PrepareAsync("bare-" + ns, tables) is var ids ? await Load.RunAsync(clients, time, (client, n) => bare.CommitAsync(ids[((client * 31) + n) % tables])) : throw new UnreachableException();
        if (print)
        {
            Print(tables == 1 ? "commit, one table" : $"commit, {tables} tables", clients, ours, theirs);
        }
    }

    /// <summary>A merge of tables that only the branch touched: pointers move.</summary>
    static async Task MergeAsync(CatalogServer server, BareCatalog bare, FilledLake filled, int tables)
    {
        await filled.FillAsync("merged", tables);
        var (ours, theirs) = (new List<double>(), new List<double>());
        for (var round = 0; round < 6; round++)
        {
            await OkAsync(server.Service.PostAsJsonAsync("api/branches", new { name = $"merge{round}" }));
            await filled.TouchAsync($"merge{round}", "merged");
            ours.Add(await Load.TimeAsync(() => OkAsync(server.Service.PostAsJsonAsync("api/branches/main/merge", new { from = $"merge{round}", message = "bench" }))));
            theirs.Add(await Load.TimeAsync(() => bare.MoveAsync("merged")));
        }

        Print(string.Create(CultureInfo.InvariantCulture, $"merge of {tables:N0} tables"), 1, Load.Of(ours.Skip(1)), Load.Of(theirs.Skip(1)));
    }

    static async Task BranchAsync(CatalogServer server, BareCatalog bare, FilledLake filled, int tables)
    {
        await filled.FillAsync("wide", tables);
        var ours = await Load.RunAsync(1, TimeSpan.FromSeconds(2), async (_, n) => await OkAsync(server.Service.PostAsJsonAsync("api/branches", new { name = $"b{n}" })));
        var theirs = await Load.RunAsync(1, TimeSpan.FromSeconds(2), (_, n) => bare.BranchAsync($"bare{n}"));
        Print(string.Create(CultureInfo.InvariantCulture, $"branch of a lake of {tables:N0} tables"), 1, ours, theirs);
    }

    static async Task ListAsync(CatalogServer server, BareCatalog bare, FilledLake filled, int tables)
    {
        await filled.FillAsync("listed", tables);
        await OkAsync(server.Service.PostAsJsonAsync("api/branches", new { name = "listing" }));
        await OkAsync(server.Service.PostAsJsonAsync("iceberg/v1/listing/namespaces/listed/properties", new { updates = new { own = "commit" } }));
        var theirs = new List<double>();
        var after = "";
        do
        {
            theirs.Add(await Load.TimeAsync(async () => after = await bare.PageAsync("listed", after)));
        }
        while (after.Length > 0);
        foreach (var branch in new[] { "main", "listing" })
        {
            var ours = await PagesAsync(server, branch, tables);
            Print(string.Create(CultureInfo.InvariantCulture, $"page of 1,000 of {tables:N0} tables{(branch == "main" ? "" : ", on a branch")}"), 1, Load.Of(ours), Load.Of(theirs));
        }
    }

    static async Task<List<double>> PagesAsync(CatalogServer server, string branch, int tables)
    {
        var ours = new List<double>();
        var (token, count) = ("", 0);
        do
        {
            ours.Add(await Load.TimeAsync(async () =>
            {
                using var response = await OkAsync(server.Service.GetAsync($"iceberg/v1/{branch}/namespaces/listed/tables?pageSize=1000&pageToken={Uri.EscapeDataString(token)}"));
                using var page = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStreamAsync());
                count += page.RootElement.GetProperty("identifiers").GetArrayLength();
                token = page.RootElement.TryGetProperty("next-page-token", out var next) ? next.GetString() ?? "" : "";
            }));
        }
        while (token.Length > 0);
        if (count != tables)
        {
            throw new InvalidOperationException($"{count} of {tables} tables were listed");
        }

        return ours;
    }

    static async Task<HttpResponseMessage> OkAsync(Task<HttpResponseMessage> answer)
    {
        var response = await answer;
        return response.IsSuccessStatusCode ? response : throw new InvalidOperationException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
    }

    static void Print(string what, int clients, Load ours, Load theirs) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {clients} | {ours.PerSecond:N0} | {ours.Median:F2} | {ours.P99:F2} | {theirs.PerSecond:N0} | {theirs.P99:F2} | {theirs.PerSecond / ours.PerSecond:F2} |"));
}
