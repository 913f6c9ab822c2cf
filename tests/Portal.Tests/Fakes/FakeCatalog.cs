using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace LakeAspire.Fakes;

/// <summary>The catalog's /api.</summary>
internal static class FakeCatalog
{
    sealed record RunRequest(string Pipeline, string Trigger);

    public static void Map(WebApplication app, FakeState state)
    {
        FakeBranches.Map(app, state);
        app.MapGet("/api/tables", () => Results.Json(new { tables = state.Tables.Select(table => Entry(state, table)) }));
        app.MapGet("/api/tables/{ns}/{name}", (string ns, string name) => With(state, ns, name, table => Detail(state, table)));
        app.MapGet("/api/tables/{ns}/{name}/snapshots", (string ns, string name) => With(state, ns, name, table => new { snapshots = Snapshots(state, table) }));
        app.MapGet("/api/tables/{ns}/{name}/files", (string ns, string name, int limit, int offset) => With(state, ns, name, table => Files(table, limit, offset)));
        app.MapGet("/api/tables/{ns}/{name}/partitions", (string ns, string name) => With(state, ns, name, table => new { partitions = Partitions(table) }));
        app.MapGet("/api/tables/{ns}/{name}/statistics", (string ns, string name) => With(state, ns, name, table => new { columns = Statistics(table) }));
        app.MapGet("/api/tables/{ns}/{name}/metrics", (string ns, string name) => With(state, ns, name, table => new { reports = FakeReports.Of(state, table) }));
        app.MapGet("/api/commits", (int limit) => Results.Json(new { commits = Commits(state).Take(limit) }));
        app.MapGet("/api/projects", () => Results.Json(new { projects = state.HasProject ? new[] { Project(state) } : [] }));
        app.MapGet("/api/runs", (string? pipeline, int? limit) => Results.Json(new { runs = Runs(state, pipeline).Take(limit ?? 50) }));
        app.MapGet("/api/runs/{id:long}", (long id) => Runs(state, null).FirstOrDefault(run => run.Id == id) is { } run ? Results.Json(run) : Answers.Problem(404, $"There is no run {id}.", "NoSuchRunException"));
        app.MapPost("/api/runs", (RunRequest request) => Trigger(state, request));
        app.MapPost("/api/runs/{id:long}/cancel", (long id) => Cancel(state, id));
        FakeUpkeep.Map(app, state);
        FakeLineage.Map(app, state);
        FakeRecovery.Map(app, state);
    }

    static IResult With(FakeState state, string ns, string name, Func<FakeTable, object> answer) =>
        state.Tables.FirstOrDefault(table => table.Namespace == ns && table.Name == name) is { } table
            ? Results.Json(answer(table))
            : Answers.Problem(404, $"Table does not exist: {ns}.{name}", "NoSuchTableException");

    internal static object LastCommit(FakeState state, FakeTable table) => new
    {
        id = table.CommitId,
        at = state.Now().AddMinutes(table.CommitId - 44),
        author = "transform-worker",
        message = table.Namespace == "bronze" ? "30 files of stream watchlog" : "run 9 of watchlog",
        runId = table.Namespace == "bronze" ? (long?)null : 9,
    };

    static object Entry(FakeState state, FakeTable table) => table.IsView
        ? new { @namespace = table.Namespace, name = table.Name, id = Id(table), formatVersion = 1, lastCommit = LastCommit(state, table), format = "view" }
        : new { @namespace = table.Namespace, name = table.Name, id = Id(table), rows = table.Rows, files = table.Files, bytes = table.Bytes, formatVersion = 2, lastCommit = LastCommit(state, table) };

    static object Detail(FakeState state, FakeTable table) => table.IsView ? FakeViews.Detail(state, table) : new
    {
        @namespace = table.Namespace,
        name = table.Name,
        id = Id(table),
        location = $"file:///lake/warehouse/{table.Namespace}/{table.Name}",
        metadataLocation = $"file:///lake/warehouse/{table.Namespace}/{table.Name}/metadata/00007-{table.Rows}.metadata.json",
        formatVersion = 2,
        rows = table.Rows,
        files = table.Files,
        bytes = table.Bytes,
        properties = new Dictionary<string, string> { ["write.parquet.compression-codec"] = "zstd" },
        schema = table.Columns.Select((column, i) => new { id = i + 1, name = column.Name, type = column.Type, required = i == 0, doc = column.Name == "Date" ? "Day of the file" : null }),
        partitionSpec = table.PartitionColumn is { } by ? new[] { new { name = by, transform = "identity", source = by } } : [],
        sortOrder = Array.Empty<object>(),
        currentSnapshotId = table.Rows == 0 ? null : "7301986345178322001",
        lastCommit = LastCommit(state, table),
    };

    static string Id(FakeTable table) => $"00000000-0000-4000-8000-{table.Namespace.Length:000000}{table.Name.Length:000000}";

    static IEnumerable<object> Snapshots(FakeState state, FakeTable table) => Enumerable.Range(0, 4).Select(i => new
    {
        id = (7301986345178322001 - i).ToString(System.Globalization.CultureInfo.InvariantCulture),
        parentId = i == 3 ? null : (7301986345178322000 - i).ToString(System.Globalization.CultureInfo.InvariantCulture),
        sequenceNumber = 4 - i,
        at = state.Now().AddMinutes(-3 - (i * 700)),
        operation = table.Namespace == "bronze" ? "append" : "overwrite",
        summary = new Dictionary<string, string>
        {
            ["added-records"] = (table.Rows / 4).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["deleted-records"] = table.Namespace == "bronze" ? "0" : "1200",
            ["total-records"] = (table.Rows * (4 - i) / 4).ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["total-data-files"] = (table.Files * (4 - i) / 4).ToString(System.Globalization.CultureInfo.InvariantCulture),
        },
        isCurrent = i == 0,
    });

    static object Files(FakeTable table, int limit, int offset) => new
    {
        files = Enumerable.Range(offset, Math.Max(0, Math.Min(limit, table.Files - offset))).Select(i => new
        {
            path = $"file:///lake/warehouse/{table.Namespace}/{table.Name}/data/{i:00000}-0198c5e2-7d1a-7b3e-9f00-4c1d2e3f{i:0000}.parquet",
            format = "PARQUET",
            content = "data",
            partition = PartitionOf(table, i),
            rows = table.Rows / table.Files,
            bytes = table.Bytes / table.Files,
        }),
        total = table.Files,
    };

    static Dictionary<string, object> PartitionOf(FakeTable table, int i) => table.PartitionColumn is { } by ? new() { [by] = $"2022-04-{i + 1:00}" } : [];

    static IEnumerable<object> Partitions(FakeTable table) => Enumerable.Range(0, table.Files).Select(i =>
        new { partition = PartitionOf(table, i), rows = FakeQuery.EventsOf(i), files = 1, bytes = table.Bytes / table.Files });

    static IEnumerable<object> Statistics(FakeTable table) => table.Columns.Select((column, i) => new
    {
        id = i + 1,
        name = column.Name,
        type = column.Type,
        values = (long?)table.Rows,
        nulls = i % 4 == 3 ? (long?)(table.Rows / 7) : 0,
        nans = (long?)null,
        lower = column.Type switch { "long" or "int" => "1", "date" => "2022-04-01", "string" => "AAAB01", _ => null },
        upper = column.Type switch { "long" or "int" => "86398", "date" => "2022-04-30", "string" => "ZZXQ93", _ => null },
        bytes = (long?)(table.Bytes / table.Columns.Length),
    });

    static IEnumerable<object> Commits(FakeState state) => state.Tables.Count == 0 ? [] : new object[]
    {
        Commit(state, 42, -3, "run 9 of watchlog", 9, ("silver", "watch"), ("silver", "rfm"), ("gold", "customer_360")),
        Commit(state, 41, -4, "30 files of stream watchlog", null, ("bronze", "watchlog"), ("bronze", "watchlog__quarantine")),
        Commit(state, 40, -700, "run 8 of watchlog", 8, ("silver", "watch"), ("silver", "rfm"), ("gold", "customer_360")),
    };

    static object Commit(FakeState state, long id, int minutes, string message, long? runId, params (string Namespace, string Name)[] tables) => new
    {
        id, at = state.Now().AddMinutes(minutes), branch = "main", author = "transform-worker", message, runId, tables = tables.Select(table => new { @namespace = table.Namespace, name = table.Name }),
    };

    static object Project(FakeState state) => new
    {
        name = "watchlog",
        updatedAt = state.Now().AddMinutes(-90),
        models = FakeState.Models.Select(model => new
        {
            name = model.Name,
            @namespace = model.Namespace,
            materialized = model.Kind,
            dependsOn = model.Needs,
            path = $"models/{model.Namespace}/{model.Name}.sql",
            rawSql = RawSql(model.Name, model.Needs[0]),
            description = model.Name == "customer_360" ? "One row for each contract: what it watches, how often, and which segment it is in." : null,
        }),
        sources = new[] { new { @namespace = "bronze", name = "watchlog" } },
    };

    static string RawSql(string name, string needs) =>
        $$$"""
        {{ config(materialized='table') }}
        -- {{{name}}}: one row for each contract
        select
            Contract,
            sum(case when category = 'TV' then TotalDuration end) as TVDuration,
            round(count(distinct Date) / {{ var('total_date') }} * 100, 2) as Frequency
        from {{ ref('{{{needs}}}') }}
        where TotalDuration > 0 and length(Contract) > 1
        group by Contract
        """;

    static IEnumerable<RunAnswer> Runs(FakeState state, string? pipeline)
    {
        lock (state.Runs)
        {
            state.Runs.ForEach(run => Advance(state, run));
            return [.. Enumerable.Reverse(state.Runs).Where(_ => pipeline is null or "watchlog").Select(Answer)];
        }
    }

    sealed record RunAnswer(
        long Id, string Pipeline, string State, string Trigger, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, long? CommitId, string? Error, int Attempt,
        string? TraceParent, IEnumerable<object> Nodes);

    static RunAnswer Answer(FakeRun run) => new(
        run.Id, "watchlog", run.State, run.Trigger, run.CreatedAt, run.StartedAt, run.FinishedAt, run.CommitId, run.Error, 1, null,
        run.Nodes.Select(node => new
        {
            model = node.Model, state = node.State, startedAt = node.StartedAt, finishedAt = node.FinishedAt, rows = node.Rows, error = node.Error,
            compiledSql = node.StartedAt is null ? null : $"select\n    Contract,\n    round(count(distinct \"Date\") / 30 * 100, 2) as Frequency\nfrom \"lake\".\"silver\".\"{node.Model}\"\ngroup by 1",
        }).ToList());

    /// <summary>A triggered run's models take their time, one after the other.</summary>
    static void Advance(FakeState state, FakeRun run)
    {
        if (run.State is not ("queued" or "running"))
        {
            return;
        }

        var started = run.CreatedAt + state.ModelTime;
        var passed = state.Now() - started;
        if (passed < TimeSpan.Zero)
        {
            return;
        }

        (run.State, run.StartedAt) = ("running", started);
        for (var i = 0; i < run.Nodes.Count; i++)
        {
            var node = run.Nodes[i];
            var (begin, end) = (started + (state.ModelTime * i), started + (state.ModelTime * (i + 1)));
            if (state.Now() < begin)
            {
                return;
            }

            (node.State, node.StartedAt) = ("running", begin);
            if (state.Now() < end)
            {
                return;
            }

            (node.State, node.FinishedAt, node.Rows) = ("succeeded", end, FakeState.Models[i].Rows);
            if (node.Model == state.FailingModel)
            {
                FakeState.Fail(run, node.Model);
                return;
            }
        }

        (run.State, run.FinishedAt, run.CommitId) = ("succeeded", started + (state.ModelTime * run.Nodes.Count), 50 + run.Id);
    }

    static IResult Trigger(FakeState state, RunRequest request)
    {
        lock (state.Runs)
        {
            state.Runs.ForEach(run => Advance(state, run));
            var queued = state.Runs.FirstOrDefault(run => run.State == "queued");
            if (queued is null)
            {
                queued = new FakeRun(state.Runs.Count + 1, request.Trigger, state.Now());
                queued.Nodes.AddRange(FakeState.Models.Select(model => new FakeNode(model.Name)));
                state.Runs.Add(queued);
            }

            return Results.Json(Answer(queued), statusCode: 202);
        }
    }

    static IResult Cancel(FakeState state, long id)
    {
        lock (state.Runs)
        {
            var run = state.Runs.First(candidate => candidate.Id == id);
            (run.State, run.FinishedAt) = ("cancelled", state.Now());
            return Results.Json(Answer(run));
        }
    }
}
