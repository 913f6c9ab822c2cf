using System.Globalization;
using System.Text.Json;

namespace LakeAspire.Golden.Tests;

/// <summary>One read of a golden table by its writer's engine.</summary>
public sealed class GoldenRead(GoldenCase golden, JsonElement read)
{
    JsonElement At => read.TryGetProperty("at", out var at) ? at : read;

    public string Name => read.TryGetProperty("name", out var name) ? name.GetString()! : read.GetRawText()[..Math.Min(60, read.GetRawText().Length)].ReplaceLineEndings(" ");

    public long? Snapshot => At.TryGetProperty("snapshot", out var id) ? id.GetInt64() : null;

    public long? Version => At.TryGetProperty("version", out var version) ? version.GetInt64() : null;

    public string? Ref => At.TryGetProperty("ref", out var name) ? name.GetString() : null;

    public DateTimeOffset? AsOf => At.TryGetProperty("asOf", out var time) ? DateTimeOffset.Parse(time.GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    /// <summary>The filter in Spark's SQL.</summary>
    public string? Where => Text("where");

    /// <summary>The columns that were read: those named, else those of the result.</summary>
    public IReadOnlyList<string> Columns => GoldenCase.Strings(read, "columns").ToList() is { Count: > 0 } named ? named
        : Select.Count == 0 && read.TryGetProperty("types", out var types) ? [.. types.EnumerateObject().Select(column => column.Name).Except(Computed)] : [];

    /// <summary>Expressions in Spark's SQL.</summary>
    public IReadOnlyList<string> Select => [.. GoldenCase.Strings(read, "select")];

    /// <summary>The metadata columns that the read names anywhere.</summary>
    public IReadOnlyList<string> MetadataColumns =>
        [.. new[] { "_file", "_pos", "_row_id", "_last_updated_sequence_number", "_row_commit_version" }.Where(name => Columns.Concat(Select).Append(Where ?? "").Any(text => text.Contains(name, StringComparison.Ordinal)))];

    public string? MetadataTable => Text("metadataTable");

    /// <summary>Columns that Spark computed from a variant, which are left out of the comparison.</summary>
    public IReadOnlyList<string> Computed => [.. GoldenCase.Strings(read, "computed")];

    public long? AppendsAfter => read.TryGetProperty("appendsAfter", out var id) ? id.GetInt64() : null;

    /// <summary>Data files that the writer's planner keeps.</summary>
    public int? Files => read.TryGetProperty("files", out var files) ? files.GetInt32() : null;

    public long Count => read.GetProperty("count").GetInt64();

    public IEnumerable<JsonElement> Rows() => GoldenRows.Read(Path.Combine(golden.Folder, "rows", Name + ".ndjson"));

    string? Text(string name) => read.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}

/// <summary>A change log of a golden table.</summary>
public sealed class GoldenChanges(GoldenCase golden, JsonElement changes)
{
    public string Name => changes.TryGetProperty("name", out var name) ? name.GetString()! : $"changes {changes.GetProperty("from")} to {changes.GetProperty("to")}";

    public long? From => changes.GetProperty("from") is { ValueKind: JsonValueKind.Number } from ? from.GetInt64() : null;

    public long To => changes.GetProperty("to").GetInt64();

    public bool Net => (changes.TryGetProperty("netChanges", out var net) && net.GetBoolean()) || Option("net_changes") == "true";

    /// <summary>Whether it is no change log but the rows that were appended.</summary>
    public bool IsAppendScan => changes.TryGetProperty("kind", out var kind) && kind.GetString() == "incremental-append";

    public bool ComputeUpdates => changes.TryGetProperty("computeUpdates", out var updates) && updates.GetBoolean();

    public IReadOnlyList<string> Columns => [.. changes.GetProperty("types").EnumerateObject().Select(column => column.Name)];

    /// <summary>The key by which deletes and inserts become updates; empty when they don't.</summary>
    public IReadOnlyList<string> Keys => ComputeUpdates ? golden.Identifier
        : Option("identifier_columns") is { } columns ? [.. columns.Split('\'').Where((_, i) => i % 2 == 1)]
        : [];

    string? Option(string name) => changes.TryGetProperty("options", out var options) && options.TryGetProperty(name, out var value) ? value.GetString() : null;

    public IEnumerable<JsonElement> Rows() => GoldenRows.Read(Path.Combine(golden.Folder, "rows", Name + ".ndjson"));
}
