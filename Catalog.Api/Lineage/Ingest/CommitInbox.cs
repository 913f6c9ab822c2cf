using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Lineage.Events;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>
/// Lineage that comes with a commit: kept in the commit's own transaction, so that it is there if and only if the commit is, whoever dies right after; taken in behind it, so that no commit waits
/// for it or fails by it.
/// </summary>
internal static class CommitInbox
{
    /// <summary>Greatest number of events with one commit.</summary>
    public const int MaxEvents = 20_000;

    const string Insert = "INSERT INTO lineage_inbox (commit_id, events, attempts) VALUES ($1, $2, 0)";

    static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 64 };

    /// <summary>The text that is kept.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400 for what are no events at all. What is wrong with one of them is found when it is taken in.</exception>
    public static string? Text(JsonElement[]? events)
    {
        if (events is not { Length: > 0 })
        {
            return null;
        }

        var wrong = Array.FindIndex(events, e => e.ValueKind != JsonValueKind.Object);
        return wrong >= 0 ? throw CatalogErrors.BadRequest($"lakeaspire.lineage[{wrong}] is no object")
            : events.Length > MaxEvents ? throw CatalogErrors.BadRequest($"lakeaspire.lineage has {events.Length} events, and {MaxEvents} are the most that one commit takes")
            : JsonSerializer.Serialize(events);
    }

    public static NpgsqlBatchCommand Keep(long commitId, string events) => Sql.Command(Insert, commitId, events);

    /// <summary>The events of a row, those that complete a run with the commit that they came with.</summary>
    public static IEnumerable<JsonNode?> Events(string text, long commitId)
    {
        foreach (var happened in (JsonNode.Parse(text, nodeOptions: null, Strict) as JsonArray ?? []).ToList())
        {
            if (happened is JsonObject && happened["eventType"]?.ToString() == RunEventTypes.Complete && happened["run"]?["facets"]?[FacetRules.LakeRun] is JsonObject run)
            {
                run["commitId"] = commitId;
            }

            yield return happened;
        }
    }
}
