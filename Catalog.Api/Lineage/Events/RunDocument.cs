using System.Globalization;
using System.Text.Json.Nodes;

namespace LakeAspire.Catalog.Lineage.Events;

/// <summary>
/// All that the events of a run said. Each fact keeps the time that it is of, and the newest wins, so that events may come in any order, and any number of times: the end is the same.
/// </summary>
/// <remarks><c>{"types": {"START": time, …}, "job": {"k", "v"}, "run": {facet: {"k", "v"}}, "inputs": [{"namespace", "name", "facets": {facet: {"k", "v"}}, "own": {…}}], "outputs": […]}</c></remarks>
internal sealed class RunDocument(JsonObject json)
{
    public static RunDocument Empty() => new([]);

    public JsonObject Json => json;

    /// <summary>Adds what an event says.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="trusted">Whether its word on branches and commits of this lake counts.</param>
    public void Fold(OpenLineageEvent.OfRun happened, bool trusted)
    {
        var types = Member(json, "types");
        var at = Stamp(happened.At);

        // A run starts once, and ends when it last said so.
        var known = types[happened.EventType]?.GetValue<string>();
        var first = happened.EventType == RunEventTypes.Start;
        if (known is null || (first ? string.CompareOrdinal(at, known) < 0 : string.CompareOrdinal(at, known) > 0))
        {
            types[happened.EventType] = at;
        }

        if (json["first"]?.GetValue<string>() is not { } earliest || string.CompareOrdinal(at, earliest) < 0)
        {
            json["first"] = at;
        }

        Newest.Put(json, "job", happened.OrderKey, new JsonObject { ["namespace"] = happened.Job.Namespace, ["name"] = happened.Job.Name });
        foreach (var (name, facet) in happened.Json["run"]?["facets"] as JsonObject ?? [])
        {
            if (trusted || name != FacetRules.LakeRun)
            {
                Newest.Put(Member(json, "run"), name, happened.OrderKey, (JsonObject)facet!);
            }
        }

        Newest.Merge(Member(json, "jobFacets"), happened.Json["job"]?["facets"] as JsonObject, happened.OrderKey);
        Fold("inputs", happened.Inputs, happened.OrderKey);
        Fold("outputs", happened.Outputs, happened.OrderKey);
    }

    public JobKey Job => new(json["job"]!["v"]!["namespace"]!.GetValue<string>(), json["job"]!["v"]!["name"]!.GetValue<string>());

    /// <summary>What the newest event of the run that ends it says; <c>RUNNING</c> before.</summary>
    public string State
    {
        get
        {
            var types = (JsonObject)json["types"]!;
            return RunEventTypes.Terminal.Where(types.ContainsKey).OrderByDescending(type => types[type]!.GetValue<string>(), StringComparer.Ordinal).FirstOrDefault()
                ?? (types.ContainsKey(RunEventTypes.Start) || types.ContainsKey(RunEventTypes.Running) ? RunEventTypes.Running : RunEventTypes.Other);
        }
    }

    public DateTimeOffset StartedAt => Time(json["types"]?[RunEventTypes.Start] ?? json["first"])!.Value;

    public DateTimeOffset? EndedAt => RunEventTypes.Terminal.Contains(State) ? Time(json["types"]?[State]) : null;

    /// <summary>The time of its newest event.</summary>
    public DateTimeOffset LastAt => ((JsonObject)json["types"]!).Select(t => Time(t.Value)!.Value).Max();

    /// <summary>Whether its outputs count: it is complete, or a stream that runs.</summary>
    public bool HasOutput => State == RunEventTypes.Complete || (State == RunEventTypes.Running && JobFacet("jobType")?["processingType"]?.ToString() is "STREAMING");

    public JsonObject? Facet(string name) => Newest.Value(json["run"] as JsonObject, name);

    public JsonObject? JobFacet(string name) => Newest.Value(json["jobFacets"] as JsonObject, name);

    public IReadOnlyList<DatasetMention> Inputs => Mentions("inputs");

    public IReadOnlyList<DatasetMention> Outputs => Mentions("outputs");

    IReadOnlyList<DatasetMention> Mentions(string side) =>
        [.. ((JsonArray?)json[side] ?? []).Select(d => new DatasetMention(KeyOf(d!), Newest.Values(d!["facets"] as JsonObject), Newest.Values(d["own"] as JsonObject)))];

    void Fold(string side, IReadOnlyList<DatasetMention> mentions, string order)
    {
        if (mentions.Count == 0)
        {
            return;
        }

        var array = json[side] as JsonArray ?? (JsonArray)(json[side] = new JsonArray());
        var known = array.ToDictionary(d => KeyOf(d!), d => (JsonObject)d!);
        foreach (var mention in mentions)
        {
            if (!known.TryGetValue(mention.Key, out var dataset))
            {
                dataset = new JsonObject { ["namespace"] = mention.Key.Namespace, ["name"] = mention.Key.Name };
                known[mention.Key] = dataset;
                array.Add(dataset);
            }

            Newest.Merge(Member(dataset, "facets"), mention.Facets, order);
            Newest.Merge(Member(dataset, "own"), mention.Own, order);
        }
    }

    static DatasetKey KeyOf(JsonNode dataset) => new(dataset["namespace"]!.GetValue<string>(), dataset["name"]!.GetValue<string>());

    static JsonObject Member(JsonObject parent, string name) => parent[name] as JsonObject ?? (JsonObject)(parent[name] = new JsonObject());

    static string Stamp(DateTimeOffset at) => at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    static DateTimeOffset? Time(JsonNode? node) => node is null ? null : DateTimeOffset.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}

/// <summary>Facets of which the newest wins: <c>{name: {"k": order, "v": facet}}</c>.</summary>
internal static class Newest
{
    /// <summary>Whether it is newer than what is there, and is there now.</summary>
    public static bool Put(JsonObject facets, string name, string order, JsonObject value)
    {
        if (facets[name]?["k"]?.GetValue<string>() is { } known && string.CompareOrdinal(order, known) <= 0)
        {
            return false;
        }

        facets[name] = new JsonObject { ["k"] = order, ["v"] = value.DeepClone() };
        return true;
    }

    /// <summary>Takes in what is newer; whether anything is.</summary>
    public static bool Merge(JsonObject facets, JsonObject? coming, string order)
    {
        var changed = false;
        foreach (var (name, facet) in coming ?? [])
        {
            changed |= Put(facets, name, order, (JsonObject)facet!);
        }

        return changed;
    }

    /// <summary>A facet that is there, and not marked as deleted.</summary>
    public static JsonObject? Value(JsonObject? facets, string name) => facets?[name]?["v"] is JsonObject value && !FacetRules.IsDeleted(value) ? value : null;

    public static JsonObject Values(JsonObject? facets) =>
        new((facets ?? []).Where(f => Value(facets, f.Key) is not null).Select(f => KeyValuePair.Create(f.Key, (JsonNode?)f.Value!["v"]!.DeepClone())));
}
