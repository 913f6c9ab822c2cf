using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>The catalog's /api/lineage: the sample's lake, with a topic and a table of others at its ends.</summary>
internal static class FakeLineage
{
    static readonly (string Id, string Namespace, string Name, bool IsTable)[] Datasets =
    [
        ("1", "kafka://broker.example.org:9092", "watch-events", false),
        ("2", "lake", "bronze.watchlog", true),
        ("3", "lake", "silver.watch_durations", true),
        ("4", "lake", "silver.watch", true),
        ("5", "lake", "silver.rfm", true),
        ("6", "lake", "gold.customer_360", true),
        ("7", "delta", "gold.customer_360", false),
        ("8", "postgres://crm.example.org:5432", "public.customers_with_a_name_that_is_far_too_long", false),
    ];

    static readonly (string From, string To, string Job)[] Edges =
    [
        ("1", "2", "load.watchlog"), ("2", "3", "watchlog.silver.watch_durations"), ("3", "4", "watchlog.silver.watch"), ("2", "5", "watchlog.silver.rfm"), ("4", "6", "watchlog.gold.customer_360"),
        ("5", "6", "watchlog.gold.customer_360"), ("6", "7", "publish.gold.customer_360"), ("6", "8", "crm_export"),
    ];

    static readonly (string From, string FromColumn, string To, string? ToColumn, string How)[] Columns =
    [
        ("2", "Contract", "3", "Contract", "IDENTITY"), ("2", "TotalDuration", "3", "Duration", "TRANSFORMATION"), ("2", "AppName", "3", "Type", "TRANSFORMATION"), ("3", "Contract", "4", "Contract", "IDENTITY"),
        ("3", "Duration", "4", "TotalDuration", "AGGREGATION"), ("3", "Type", "4", "MostWatch", "AGGREGATION"), ("3", "Type", "4", null, "GROUP_BY"), ("2", "Contract", "5", "Contract", "IDENTITY"),
        ("2", "Date", "5", "Recency", "AGGREGATION"), ("4", "Contract", "6", "Contract", "IDENTITY"), ("4", "MostWatch", "6", "MostWatch", "IDENTITY"), ("5", "Recency", "6", "TypeOfCustomers", "TRANSFORMATION"),
        ("5", "Contract", "6", null, "JOIN"), ("6", "Contract", "7", "Contract", "IDENTITY"), ("6", "MostWatch", "7", "MostWatch", "IDENTITY"), ("6", "TypeOfCustomers", "7", "TypeOfCustomers", "IDENTITY"),
    ];

    static readonly DateTimeOffset Told = TimeProvider.System.GetUtcNow().AddMinutes(-3);

    public static void Map(WebApplication app, FakeState state) => app.MapGet("/api/lineage/graph", (string table, string? direction, int? depth, string? asOf) =>
    {
        var root = Datasets.FirstOrDefault(d => d.IsTable && d.Name == table);
        if (root.Id is null || state.Tables.Count == 0)
        {
            return Answers.Problem(404, $"There is no lineage of {table}.", "NoSuchLineageException");
        }

        var seen = new Dictionary<string, int> { [root.Id] = 0 };
        foreach (var upstream in new[] { true, false }.Where(up => direction is null or "both" || direction == (up ? "upstream" : "downstream")))
        {
            List<string> frontier = [root.Id];
            for (var step = 1; step <= (depth ?? 3) && frontier.Count > 0; step++)
            {
                frontier = [.. Edges.Where(e => asOf is null || e.Job != "crm_export").Where(e => frontier.Contains(upstream ? e.To : e.From)).Select(e => upstream ? e.From : e.To).Where(id => seen.TryAdd(id, upstream ? -step : step))];
            }
        }

        return Results.Json(new
        {
            root = root.Id,
            nodes = Datasets.Where(d => seen.ContainsKey(d.Id)).Select(d => new
            {
                id = d.Id, @namespace = d.Namespace, name = d.Name, distance = seen[d.Id], table = d.IsTable ? new { @namespace = d.Name.Split('.')[0], name = d.Name.Split('.')[1] } : null,
            }),
            edges = Edges.Where(e => seen.ContainsKey(e.From) && seen.ContainsKey(e.To) && (asOf is null || e.Job != "crm_export")).Select(e => new
            {
                from = e.From, to = e.To, job = new { @namespace = "lakeaspire", name = e.Job }, runId = "0197a3a0-0000-7000-8000-000000000001", at = Told, branch = "main", commitId = 42,
                snapshotId = "7301986345178322001", version = "7301986345178322001", rows = 21_877,
            }),
            columns = Columns.Where(c => seen.ContainsKey(c.From) && seen.ContainsKey(c.To)).Select(c => new
            {
                from = c.From, fromColumn = c.FromColumn, to = c.To, toColumn = c.ToColumn, direct = c.How is "IDENTITY" or "TRANSFORMATION" or "AGGREGATION",
                transformations = new[] { new { type = c.How is "JOIN" or "GROUP_BY" ? "INDIRECT" : "DIRECT", subtype = c.How } },
            }),
            untraced = seen.ContainsKey("6") ? new[] { new { dataset = "6", column = "TopThree", reason = "columns of PIVOT and UNPIVOT are not traced" } } : [],
            truncated = false,
        });
    });
}
