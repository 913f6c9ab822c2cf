using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Metrics;

public sealed class MetricsReportTests
{
    private const string Scan = """
        {"report-type":"scan-report","table-name":"main.gold.t","snapshot-id":7,"filter":{"type":"gt","term":"id","value":5},"schema-id":2,"projected-field-ids":[1,2],"projected-field-names":["id","name"],
        "metrics":{"total-planning-duration":{"count":1,"time-unit":"nanoseconds","total-duration":2644235116},"result-data-files":{"unit":"count","value":3}},"metadata":{"engine-name":"spark"}}
        """;

    private const string Commit = """{"report-type":"commit-report","table-name":"gold.t","snapshot-id":-8,"sequence-number":4,"operation":"append","metrics":{"attempts":{"unit":"count","value":1}}}""";

    [Fact]
    public void A_scan_report_says_what_was_planned()
    {
        var scan = Assert.IsType<ScanReport>(MetricsReportJson.Parse(Encoding.UTF8.GetBytes(Scan)));
        Assert.Equal(("main.gold.t", 7, 2), (scan.TableName, scan.SnapshotId, scan.SchemaId));
        Assert.Equal("""{"type":"gt","term":"id","value":5}""", scan.Filter);
        Assert.Equal([1, 2], scan.ProjectedFieldIds);
        Assert.Equal(new CounterMetric("count", 3), scan.Metrics["result-data-files"]);
        Assert.Equal(2644.235116, Assert.IsType<TimerMetric>(scan.Metrics["total-planning-duration"]).TotalMilliseconds, 6);
        Assert.Equal("spark", scan.Metadata["engine-name"]);
    }

    [Fact]
    public void A_commit_report_says_what_was_committed()
    {
        var commit = Assert.IsType<CommitReport>(MetricsReportJson.Parse(Encoding.UTF8.GetBytes(Commit)));
        Assert.Equal(("gold.t", -8, 4, "append"), (commit.TableName, commit.SnapshotId, commit.SequenceNumber, commit.Operation));
        Assert.Empty(commit.Metadata);
    }

    [Theory]
    [InlineData("\"report-type\":\"scan-report\",", "", "field \"report-type\" is missing")]
    [InlineData("scan-report", "merge-report", "report-type \"merge-report\" is not known")]
    [InlineData("\"snapshot-id\":7", "\"snapshot-id\":\"7\"", "field \"snapshot-id\" must be a 64-bit integer")]
    [InlineData("\"type\":\"gt\",", "", "field \"filter\" must be an expression")]
    [InlineData("[1,2]", "[1,2.5]", "projected-field-ids[1] must be a 32-bit integer")]
    [InlineData("\"unit\":\"count\",\"value\":3", "\"unit\":\"count\"", "report.metrics.result-data-files: field \"value\" is missing")]
    [InlineData("\"unit\":\"count\",\"value\":3", "", "report.metrics.result-data-files: field \"time-unit\" is missing")]
    [InlineData("nanoseconds", "fortnights", "report.metrics.total-planning-duration: field \"time-unit\" is \"fortnights\"")]
    [InlineData("{\"engine-name\":\"spark\"}", "{\"engine-name\":4}", "report.metadata: field \"engine-name\" must be a string")]
    [InlineData("\"metrics\":", "\"numbers\":", "field \"metrics\" is missing")]
    public void Malformed_reports_are_refused_by_name(string part, string instead, string reason)
    {
        Assert.Contains(part, Scan);
        var error = Assert.Throws<LakehouseException>(() => MetricsReportJson.Parse(Encoding.UTF8.GetBytes(Scan.Replace(part, instead, StringComparison.Ordinal))));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reports_read_as_they_were_written()
    {
        var names = Gen.Elements("a", "ünï", "with space", "\"q\"", "\u0001");
        var metric = Gen.OneOf(
            Gen.Choose(int.MinValue, int.MaxValue).Select(ReportedMetric (value) => new CounterMetric("bytes", value)),
            Gen.Zip(Gen.Elements("nanoseconds", "days"), Gen.Choose(0, int.MaxValue)).Select(ReportedMetric (timer) => new TimerMetric(timer.Item1, 2, timer.Item2)));
        var metrics = Gen.Zip(names, metric).ListOf().Select(pairs => pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2));
        var reports = from name in names
                      from snapshot in Gen.Elements(0L, -1L, long.MaxValue)
                      from all in metrics
                      from isScan in Gen.Elements(true, false)
                      from filter in Gen.Elements("true", """{"type":"is-null","term":"x"}""")
                      select isScan
                          ? (MetricsReport)new ScanReport(name, snapshot, filter, 1, [1], [name], all, new Dictionary<string, string> { [name] = name })
                          : new CommitReport(name, snapshot, 3, "overwrite", all, new Dictionary<string, string>());
        Properties.Hold(reports, report =>
        {
            var text = MetricsReportJson.Write(report);
            var again = MetricsReportJson.Parse(text);
            Assert.Equal(report.GetType(), again.GetType());
            Assert.Equal(text, MetricsReportJson.Write(again));
            Assert.Equal(report.Metrics, again.Metrics);
        });
    }
}
