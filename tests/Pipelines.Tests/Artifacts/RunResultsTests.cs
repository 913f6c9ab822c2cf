using System.Text.Json;
using System.Text.Json.Nodes;
using Lakehouse.Pipelines.Artifacts;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Execution;

namespace Lakehouse.Pipelines.Tests.Artifacts;

public sealed class RunResultsTests
{
    static readonly DateTimeOffset Start = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    [Fact]
    public void What_is_written_is_what_dbt_writes_and_is_read_again()
    {
        var results = new RunResults(
            new InvocationFacts("0b5c", Start, Start.AddSeconds(9)) { Env = new Dictionary<string, string> { ["TEAM"] = "blue" } },
            [
                new NodeResult("model.p.a", NodeStatus.Success)
                {
                    Message = "SELECT 3", Response = new AdapterResponse("SELECT 3", 3), CompiledCode = "select 1", RelationName = "\"lake\".\"main\".\"a\"", Thread = 2, Duration = TimeSpan.FromSeconds(1.5),
                    Timings = [new NodeTiming("compile", Start, Start.AddMilliseconds(1)), new NodeTiming("execute", Start.AddMilliseconds(1), Start.AddMilliseconds(3))],
                },
                new NodeResult("model.p.m", NodeStatus.PartialSuccess) { Batches = new BatchResults([(Start, Start.AddDays(1))], [(Start.AddDays(1), Start.AddDays(2))]) },
                new NodeResult("test.p.t", NodeStatus.Fail) { Failures = 4, Message = "Got 4 results, configured to fail if != 0" },
                new NodeResult("model.p.n", NodeStatus.NoOp),
            ],
            TimeSpan.FromSeconds(8),
            new JsonObject { ["which"] = "build", ["select"] = new JsonArray("a+") });
        using var stream = new MemoryStream();
        RunResultsJson.Write(results, stream);

        var json = JsonDocument.Parse(stream.ToArray()).RootElement;
        Assert.Equal("https://schemas.getdbt.com/dbt/run-results/v6.json", json.GetProperty("metadata").GetProperty("dbt_schema_version").GetString());
        Assert.Equal(Lakehouse.Pipelines.Parsing.ProjectParser.DbtVersion, json.GetProperty("metadata").GetProperty("dbt_version").GetString());
        Assert.Equal("2026-02-03T04:05:15.000000Z", json.GetProperty("metadata").GetProperty("generated_at").GetString());
        var first = json.GetProperty("results")[0];
        Assert.Equal(
            ["status", "timing", "thread_id", "execution_time", "adapter_response", "message", "failures", "unique_id", "compiled", "compiled_code", "relation_name", "batch_results"],
            first.EnumerateObject().Select(p => p.Name));
        Assert.Equal("Thread-2 (worker)", first.GetProperty("thread_id").GetString());
        Assert.Equal("""{"_message":"SELECT 3","rows_affected":3}""", first.GetProperty("adapter_response").GetRawText());
        Assert.Equal(["success", "partial success", "fail", "no-op"], json.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("status").GetString()));

        var read = RunResultsJson.Read(stream.ToArray(), "target/run_results.json");
        using var again = new MemoryStream();
        RunResultsJson.Write(read with { Invocation = read.Invocation with { Env = results.Invocation.Env }, Results = [.. read.Results.Select((r, i) => r with { Thread = results.Results[i].Thread })] }, again);
        Assert.Equal(System.Text.Encoding.UTF8.GetString(stream.ToArray()), System.Text.Encoding.UTF8.GetString(again.ToArray()));
        Assert.True(read.HasFailed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"metadata":{"generated_at":"2026-01-01T00:00:00Z"},"results":[{"unique_id":"model.p.a","status":"splendid"}]}""")]
    public void Another_file_is_refused_by_its_name(string text)
    {
        var error = Assert.Throws<PipelineException>(() => RunResultsJson.Read(System.Text.Encoding.UTF8.GetBytes(text), "target/run_results.json"));
        Assert.Equal((PipelineErrorKind.InvalidProject, "target/run_results.json"), (error.Kind, error.File));
    }
}
