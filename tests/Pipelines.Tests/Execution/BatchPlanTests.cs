using System.Globalization;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Execution;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Tests.Execution;

public sealed class BatchPlanTests
{
    [Theory]
    [InlineData("day", false, null, null, "2024-05-03 10:00", "20240501 20240502 20240503")]
    [InlineData("day", true, null, null, "2024-05-03 10:00", "20240502 20240503")]
    [InlineData("day", true, null, null, "2024-05-03 00:00", "20240501 20240502")]
    [InlineData("day", true, "2024-05-01", "2024-05-03", "2024-06-01 00:00", "20240501 20240502")]
    [InlineData("day", true, "2024-05-01 13:00", "2024-05-01 14:00", "2024-06-01 00:00", "20240501")]
    [InlineData("hour", true, null, null, "2024-05-01 01:30", "20240501T00 20240501T01")]
    [InlineData("month", false, null, null, "2024-06-15 00:00", "20240501 20240601")]
    [InlineData("year", false, null, null, "2025-01-01 00:00", "20240101")]
    [InlineData("day", false, "2024-05-03", "2024-05-03", "2024-06-01 00:00", "")]
    public void Batches_are_cut_at_the_bounds_of_their_size(string size, bool isIncremental, string? from, string? to, string now, string ids) => Assert.Equal(
        ids, string.Join(' ', BatchPlan.Of(Model(("batch_size", size), ("begin", "2024-05-01")), isIncremental, Time(from), Time(to), Time(now)!.Value).Select(b => b.Id)));

    [Fact]
    public void Each_batch_ends_where_the_next_one_begins()
    {
        var batches = BatchPlan.Of(Model(("batch_size", "month"), ("begin", "2024-01-31"), ("lookback", 3L)), isIncremental: true, null, null, Time("2024-03-31 12:00")!.Value);
        Assert.Equal([Time("2023-12-01"), Time("2024-01-01"), Time("2024-02-01"), Time("2024-03-01")], batches.Select(b => (DateTimeOffset?)b.Start));
        Assert.Equal(batches.Skip(1).Select(b => b.Start), batches.SkipLast(1).Select(b => b.End));
        Assert.Equal(Time("2024-04-01"), batches[^1].End);
    }

    [Theory]
    [InlineData(null, "2024-01-01", "needs a batch_size")]
    [InlineData("week", "2024-01-01", "the batch_size 'week' is none of hour, day, month, year")]
    [InlineData("day", null, "needs begin")]
    [InlineData("day", "soon", "begin 'soon' is no date or time")]
    public void What_is_missing_is_named(string? size, string? begin, string message) =>
        Assert.Contains(message, Assert.Throws<PipelineException>(() => BatchPlan.Of(Model(("batch_size", size), ("begin", begin)), isIncremental: false, null, null, Time("2024-06-01")!.Value)).Message, StringComparison.Ordinal);

    static DateTimeOffset? Time(string? text) => text is null ? null : DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    static ModelNode Model(params (string Key, object? Value)[] config) => new()
    {
        UniqueId = "model.p.m", Name = "m", PackageName = "p", Path = "m.sql", OriginalFilePath = "models/m.sql", Fqn = ["p", "m"], Database = "lake", Schema = "main", Alias = "m",
        Config = new NodeConfig(new JinjaDict(config.Where(c => c.Value is not null).Select(c => KeyValuePair.Create(c.Key, c.Value)))),
    };
}
