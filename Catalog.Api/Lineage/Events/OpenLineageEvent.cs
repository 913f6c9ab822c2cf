using System.Text.Json.Nodes;

namespace LakeAspire.Catalog.Lineage.Events;

/// <summary>An OpenLineage event that was checked. Closed: of a run, of a job or of a dataset.</summary>
/// <param name="Json">The event as it came, unknown facets too.</param>
/// <param name="At">When it happened.</param>
/// <param name="Digest">SHA-256 of its canonical form: that of two copies is the same, whatever the order of their members.</param>
internal abstract record OpenLineageEvent(JsonObject Json, DateTimeOffset At, string Digest)
{
    public abstract string Kind { get; }

    /// <summary>What facets are ordered by: the newer one wins, and of two of one time always the same.</summary>
    public string OrderKey => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{At.UtcTicks:d19}-{Digest[..16]}");

    internal sealed record OfRun(JsonObject Json, DateTimeOffset At, string Digest, Guid RunId, string EventType, JobKey Job, IReadOnlyList<DatasetMention> Inputs, IReadOnlyList<DatasetMention> Outputs)
        : OpenLineageEvent(Json, At, Digest)
    {
        public override string Kind => "run";
    }

    internal sealed record OfJob(JsonObject Json, DateTimeOffset At, string Digest, JobKey Job, IReadOnlyList<DatasetMention> Inputs, IReadOnlyList<DatasetMention> Outputs) : OpenLineageEvent(Json, At, Digest)
    {
        public override string Kind => "job";
    }

    internal sealed record OfDataset(JsonObject Json, DateTimeOffset At, string Digest, DatasetMention Mention) : OpenLineageEvent(Json, At, Digest)
    {
        public override string Kind => "dataset";
    }
}

/// <summary>What names a job.</summary>
internal readonly record struct JobKey(string Namespace, string Name);

/// <summary>What names a dataset.</summary>
internal readonly record struct DatasetKey(string Namespace, string Name);

/// <summary>A dataset as an event mentions it.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Facets">Facets of the dataset.</param>
/// <param name="Own">Facets of its being read or written here.</param>
internal sealed record DatasetMention(DatasetKey Key, JsonObject Facets, JsonObject Own);

/// <summary>Types of run events, and states of runs.</summary>
internal static class RunEventTypes
{
    public const string Start = "START";
    public const string Running = "RUNNING";
    public const string Complete = "COMPLETE";
    public const string Abort = "ABORT";
    public const string Fail = "FAIL";
    public const string Other = "OTHER";

    public static readonly IReadOnlyList<string> All = [Start, Running, Complete, Abort, Fail, Other];

    /// <summary>Those that end a run.</summary>
    public static readonly IReadOnlyList<string> Terminal = [Complete, Abort, Fail];
}
