using System.Collections.Concurrent;

namespace LakeAspire.Fakes;

public sealed record FakeTable(string Namespace, string Name, long Rows, long Bytes, (string Name, string Type)[] Columns, string? PartitionColumn, long CommitId)
{
    public int Files => PartitionColumn is null ? 1 : 30;

    public bool IsView { get; init; }
}

public sealed class FakeNode(string model)
{
    public string Model => model;

    public string State { get; set; } = "pending";

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public long? Rows { get; set; }

    public string? Error { get; set; }
}

public sealed class FakeRun(long id, string trigger, DateTimeOffset createdAt)
{
    public long Id => id;

    public string Trigger => trigger;

    public DateTimeOffset CreatedAt => createdAt;

    public string State { get; set; } = "queued";

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? FinishedAt { get; set; }

    public long? CommitId { get; set; }

    public string? Error { get; set; }

    public List<FakeNode> Nodes { get; } = [];
}

/// <summary>What the fake holds, and what tests turn.</summary>
public sealed class FakeState
{
    public static readonly (string Name, string Namespace, string Kind, string[] Needs, long Rows)[] Models =
    [
        ("watch_events", "silver", "view", ["bronze.watchlog"], 0),
        ("watch_durations", "silver", "table", ["silver.watch_events"], 118_204),
        ("watch", "silver", "table", ["silver.watch_durations"], 21_877),
        ("rfm_inputs", "silver", "view", ["bronze.watchlog"], 0),
        ("rfm", "silver", "table", ["silver.rfm_inputs"], 22_140),
        ("customer_360", "gold", "table", ["silver.watch", "silver.rfm"], 21_877),
    ];

    public FakeState(bool empty)
    {
        Now = TimeProvider.System.GetUtcNow;
        if (!empty)
        {
            HasProject = true;
            Tables.AddRange(SampleTables());
            AddSampleRuns();
        }
    }

    public Func<DateTimeOffset> Now { get; set; }

    public bool HasProject { get; set; }

    /// <summary>Answer everything with this status.</summary>
    public int? Outage { get; set; }

    /// <summary>Fail this many ingest requests with 503 before the next success.</summary>
    public int IngestFailures { get; set; }

    /// <summary>The model that a triggered run fails at.</summary>
    public string? FailingModel { get; set; }

    /// <summary>How long each model of a triggered run takes.</summary>
    public TimeSpan ModelTime { get; set; } = TimeSpan.FromMilliseconds(250);

    public List<FakeTable> Tables { get; } = [];

    public List<FakeRun> Runs { get; } = [];

    /// <summary>Queries that are being answered, and those that the caller broke off.</summary>
    public ConcurrentDictionary<string, bool> Queries { get; } = new();

    /// <summary>Query strings of queries.</summary>
    public ConcurrentBag<string> QueryStrings { get; } = [];

    public int Cancelled;

    /// <summary>By stream and file name.</summary>
    public ConcurrentDictionary<string, byte[]> Ingested { get; } = new();

    static IEnumerable<FakeTable> SampleTables()
    {
        yield return new("bronze", "watchlog", 594_012, 9_845_120,
            [("Index", "string"), ("Type", "string"), ("Id", "string"), ("Score", "long"), ("AppName", "string"), ("Contract", "string"), ("Mac", "string"), ("TotalDuration", "long"), ("Date", "date")], "Date", 41);
        yield return new("bronze", "watchlog__quarantine", 5_988, 402_311,
            [("quarantine_id", "string"), ("rule", "string"), ("reason", "string"), ("raw", "binary"), ("source", "string"), ("position", "long"), ("ingested_at", "timestamptz")], null, 41);
        yield return new("silver", "watch", 21_877, 1_204_551, [("Contract", "string"), ("TVDuration", "long"), ("ChildDuration", "long"), ("MovieDuration", "long"), ("MostWatch", "string")], null, 42);
        yield return new("silver", "rfm", 22_140, 640_228, [("Contract", "string"), ("Recency", "int"), ("Frequency", "decimal(5, 2)"), ("Monetary", "long")], null, 42);
        yield return new("gold", "customer_360", 21_877, 1_588_013,
            [("Contract", "string"), ("TVDuration", "long"), ("SumDuration", "long"), ("MostWatch", "string"), ("RFM", "string"), ("TypeOfCustomers", "string"), ("is_current", "boolean"), ("effective_time", "timestamp"), ("tags", "struct<a: int>")],
            null, 42);
        yield return new("gold", "loyal_customers", 0, 0, [("Contract", "string"), ("RFM", "string")], null, 40) { IsView = true };
    }

    void AddSampleRuns()
    {
        var now = Now();
        for (var id = 1; id <= 9; id++)
        {
            var start = now.AddMinutes(-12 * (10 - id));
            var run = new FakeRun(id, id % 3 == 0 ? "manual" : "commit", start.AddSeconds(-2)) { StartedAt = start, State = "succeeded" };
            var at = start;
            foreach (var model in Models)
            {
                var took = TimeSpan.FromMilliseconds(120 + (340 * (model.Name.Length % 5)) + (60 * id));
                var node = new FakeNode(model.Name) { State = "succeeded", StartedAt = at, FinishedAt = at + took, Rows = model.Kind == "view" ? null : model.Rows };
                run.Nodes.Add(node);
                at += took;
            }

            run.FinishedAt = at;
            run.CommitId = 30 + id;
            Runs.Add(run);
            if (id == 6)
            {
                Fail(run, "rfm");
            }
        }
    }

    public static void Fail(FakeRun run, string model)
    {
        var at = run.Nodes.FindIndex(node => node.Model == model);
        var failed = run.Nodes[at];
        (failed.State, failed.Error, failed.Rows) = ("failed", "Binder Error: Referenced column \"Recencyy\" not found in FROM clause!\nCandidate bindings: \"Recency\"\n\nLINE 12:   ntile(3) over (order by Recencyy)", null);
        foreach (var node in run.Nodes.Skip(at + 1))
        {
            (node.State, node.StartedAt, node.FinishedAt, node.Rows) = ("skipped", null, null, null);
        }

        (run.State, run.FinishedAt, run.CommitId, run.Error) = ("failed", failed.FinishedAt, null, $"model silver.{model} failed: Binder Error: Referenced column \"Recencyy\" not found in FROM clause!");
    }
}
