using System.Globalization;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Execution;

/// <summary>The batches of a model that is built by intervals of event time (<c>incremental_strategy='microbatch'</c>), as dbt cuts them: in UTC, each one hour, day, month or year long.</summary>
public static class BatchPlan
{
    /// <summary>The batches to build, in order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isIncremental">Whether its table is there and stays.</param>
    /// <param name="from">First moment to build; null for the usual: all since <c>begin</c>, or the last ones as <c>lookback</c> says.</param>
    /// <param name="to">First moment not to build; null for now.</param>
    /// <param name="now">Now.</param>
    /// <exception cref="PipelineException">The model's config lacks what is needed, or says it wrongly.</exception>
    public static IReadOnlyList<ModelBatch> Of(ModelNode model, bool isIncremental, DateTimeOffset? from, DateTimeOffset? to, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(model);
        var size = SizeOf(model);
        var end = Ceiling((to ?? now).UtcDateTime, size);
        var start = from is { } given ? Floor(given.UtcDateTime, size)
            : isIncremental ? Step(Floor(end, size), size, -(LookbackOf(model) + (end == Floor(end, size) ? 1 : 0)))
            : Floor(BeginOf(model), size);
        var batches = new List<ModelBatch>();
        for (var at = start; at < end; at = Step(at, size, 1))
        {
            batches.Add(new ModelBatch(IdOf(at, size), new DateTimeOffset(at, TimeSpan.Zero), new DateTimeOffset(Step(at, size, 1), TimeSpan.Zero)));
        }

        return batches;
    }

    /// <summary>Whether a model is built by intervals.</summary>
    public static bool IsOf(ManifestNode node) => node is ModelNode { Config: { Materialized: "incremental", IncrementalStrategy: "microbatch" } };

    static string SizeOf(ModelNode model) => model.Config.Text("batch_size") switch
    {
        "hour" or "day" or "month" or "year" => model.Config.Text("batch_size")!,
        null => throw Wrong(model, "needs a batch_size"),
        var other => throw Wrong(model, $"the batch_size '{other}' is none of hour, day, month, year"),
    };

    static int LookbackOf(ModelNode model) => model.Config.Get("lookback") switch
    {
        null => 1,
        long count and >= 0 => (int)Math.Min(count, 1_000_000),
        var other => throw Wrong(model, $"the lookback '{other}' is no number of batches"),
    };

    static DateTime BeginOf(ModelNode model) => model.Config.Get("begin") switch
    {
        null => throw Wrong(model, "needs begin, the first moment of its data"),
        var begin when DateTimeOffset.TryParse(Jinja.Values.Text.Of(begin), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) => time.UtcDateTime,
        var other => throw Wrong(model, $"begin '{other}' is no date or time"),
    };

    static DateTime Floor(DateTime time, string size) => size switch
    {
        "hour" => new DateTime(time.Year, time.Month, time.Day, time.Hour, 0, 0, DateTimeKind.Utc),
        "day" => new DateTime(time.Year, time.Month, time.Day, 0, 0, 0, DateTimeKind.Utc),
        "month" => new DateTime(time.Year, time.Month, 1, 0, 0, 0, DateTimeKind.Utc),
        _ => new DateTime(time.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc),
    };

    static DateTime Ceiling(DateTime time, string size) => Floor(time, size) is var floor && floor == time ? floor : Step(floor, size, 1);

    static DateTime Step(DateTime time, string size, int count) => size switch
    {
        "hour" => time.AddHours(count),
        "day" => time.AddDays(count),
        "month" => time.AddMonths(count),
        _ => time.AddYears(count),
    };

    static string IdOf(DateTime start, string size) => start.ToString(size == "hour" ? "yyyyMMdd'T'HH" : "yyyyMMdd", CultureInfo.InvariantCulture);

    static PipelineException Wrong(ModelNode model, string what) => new(PipelineErrorKind.Config, $"Microbatch model '{model.Name}' {what}", model.OriginalFilePath);
}
