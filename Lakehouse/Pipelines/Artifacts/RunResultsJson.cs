using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Execution;

namespace Lakehouse.Pipelines.Artifacts;

/// <summary><c>run_results.json</c> in dbt's schema, version 6: what <c>retry</c>, <c>result:</c> selectors and dbt's own ecosystem read.</summary>
public static class RunResultsJson
{
    const int Version = 6;

    /// <summary>Writes the artifact.</summary>
    /// <param name="results">What it says.</param>
    /// <param name="output">Where to.</param>
    public static void Write(RunResults results, Stream output)
    {
        using var json = new Utf8JsonWriter(output, ArtifactJson.Options);
        json.WriteStartObject();
        ArtifactJson.WriteMetadata(json, "run-results", Version, results.Invocation);
        json.WriteStartArray("results");
        foreach (var result in results.Results)
        {
            WriteResult(json, result);
        }

        json.WriteEndArray();
        json.WriteNumber("elapsed_time", results.Elapsed.TotalSeconds);
        json.WritePropertyName("args");
        results.Args.WriteTo(json);
        json.WriteEndObject();
    }

    /// <summary>Reads an artifact, of dbt's too.</summary>
    /// <param name="content">Its text as UTF-8.</param>
    /// <param name="file">Its path, for errors.</param>
    /// <exception cref="PipelineException">It is no such artifact (<see cref="PipelineErrorKind.InvalidProject"/>).</exception>
    public static RunResults Read(ReadOnlySpan<byte> content, string file)
    {
        try
        {
            var root = JsonNode.Parse(content)?.AsObject() ?? throw new JsonException("it is null");
            var metadata = root["metadata"]!.AsObject();
            var generated = TimeOf(metadata["generated_at"]) ?? throw new JsonException("metadata has no generated_at");
            return new RunResults(
                new InvocationFacts(metadata["invocation_id"]?.GetValue<string>() ?? "", TimeOf(metadata["invocation_started_at"]) ?? generated, generated),
                root["results"]!.AsArray().Select(node => Result(node!.AsObject())).ToList(),
                TimeSpan.FromSeconds(root["elapsed_time"]?.GetValue<double>() ?? 0),
                root["args"]?.DeepClone().AsObject() ?? []);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or NullReferenceException or KeyNotFoundException)
        {
            throw new PipelineException(PipelineErrorKind.InvalidProject, $"this is no run_results.json: {error.Message} Run the project again, or remove the file.", file, inner: error);
        }
    }

    static void WriteResult(Utf8JsonWriter json, NodeResult result)
    {
        json.WriteStartObject();
        json.WriteString("status", result.Status.Word());
        json.WriteStartArray("timing");
        foreach (var timing in result.Timings)
        {
            json.WriteStartObject();
            json.WriteString("name", timing.Name);
            json.WriteString("started_at", ArtifactJson.Time(timing.StartedAt));
            json.WriteString("completed_at", ArtifactJson.Time(timing.CompletedAt));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("thread_id", result.Thread == 0 ? "MainThread" : string.Create(CultureInfo.InvariantCulture, $"Thread-{result.Thread} (worker)"));
        json.WriteNumber("execution_time", result.Duration.TotalSeconds);
        json.WriteStartObject("adapter_response");
        if (result.Response is { } response)
        {
            json.WriteString("_message", response.Message);
            if (response.RowsAffected is { } rows)
            {
                json.WriteNumber("rows_affected", rows);
            }
        }

        json.WriteEndObject();
        json.WriteString("message", result.Message);
        json.WriteNumberOrNull("failures", result.Failures);
        json.WriteString("unique_id", result.UniqueId);
        json.WriteBoolean("compiled", result.CompiledCode is not null);
        json.WriteString("compiled_code", result.CompiledCode);
        json.WriteString("relation_name", result.RelationName);
        WriteBatches(json, result.Batches);
        json.WriteEndObject();
    }

    static void WriteBatches(Utf8JsonWriter json, BatchResults? batches)
    {
        if (batches is null)
        {
            json.WriteNull("batch_results");
            return;
        }

        json.WriteStartObject("batch_results");
        foreach (var (name, list) in new[] { ("successful", batches.Successful), ("failed", batches.Failed) })
        {
            json.WriteStartArray(name);
            foreach (var (start, end) in list)
            {
                json.WriteStartArray();
                json.WriteStringValue(ArtifactJson.Time(start));
                json.WriteStringValue(ArtifactJson.Time(end));
                json.WriteEndArray();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    static NodeResult Result(JsonObject node)
    {
        var word = node["status"]!.GetValue<string>();
        var response = node["adapter_response"] as JsonObject;
        return new NodeResult(node["unique_id"]!.GetValue<string>(), NodeStatuses.Parse(word) ?? throw new JsonException($"there is no status '{word}'."))
        {
            Message = node["message"]?.GetValue<string>(),
            Failures = node["failures"]?.GetValue<long>(),
            Response = response is { Count: > 0 } ? new AdapterResponse(response["_message"]?.GetValue<string>() ?? "", response["rows_affected"]?.GetValue<long>()) : null,
            CompiledCode = node["compiled_code"]?.GetValue<string>(),
            RelationName = node["relation_name"]?.GetValue<string>(),
            Duration = TimeSpan.FromSeconds(node["execution_time"]?.GetValue<double>() ?? 0),
            Timings = node["timing"] is JsonArray timings ? timings.Select(t => new NodeTiming(
                t!["name"]!.GetValue<string>(), TimeOf(t["started_at"]) ?? default, TimeOf(t["completed_at"]) ?? default)).ToList() : [],
            Batches = node["batch_results"] is JsonObject batches ? new BatchResults(Intervals(batches["successful"]), Intervals(batches["failed"])) : null,
        };
    }

    static List<(DateTimeOffset Start, DateTimeOffset End)> Intervals(JsonNode? list) =>
        list is JsonArray items ? items.Select(item => (TimeOf(item![0]) ?? default, TimeOf(item[1]) ?? default)).ToList() : [];

    static DateTimeOffset? TimeOf(JsonNode? node) =>
        node?.GetValue<string>() is { Length: > 0 } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal) : null;
}
