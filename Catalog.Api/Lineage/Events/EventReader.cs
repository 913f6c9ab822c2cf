using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace LakeAspire.Catalog.Lineage.Events;

/// <summary>An event that is not what OpenLineage specifies.</summary>
internal sealed class EventRefusedException(string message) : Exception(message);

/// <summary>
/// Checks events against OpenLineage 2-0-2 (<c>OpenLineage.json</c>) and the facets that are understood here; other facets only have to be facets. Bounded: names, datasets, edges.
/// </summary>
internal sealed class EventReader(LineageOptions options, TimeProvider time)
{
    const int MaxNameBytes = 2000;

    /// <summary>Clocks differ; what is further ahead than this is wrong, and would hide what comes after it.</summary>
    static readonly TimeSpan MaxAhead = TimeSpan.FromHours(24);

    /// <summary>Reads an event.</summary>
    /// <exception cref="EventRefusedException">Says where it is not valid.</exception>
    public OpenLineageEvent Read(JsonNode? node)
    {
        var json = node as JsonObject ?? throw Refused("$", "is no object");
        var at = Time(json, "eventTime");
        Uri(json, "producer", "$");
        Uri(json, "schemaURL", "$");
        var now = time.GetUtcNow();
        if (at > now + MaxAhead)
        {
            throw Refused("$.eventTime", $"is more than {MaxAhead.TotalHours:0} hours in the future");
        }

        if (at < now - options.MaxAge)
        {
            throw Refused("$.eventTime", $"is older than {options.MaxAge.TotalDays:0.#} days, which is the most that is taken (Catalog:OpenLineage:MaxAge)");
        }

        var digest = Canonical.Digest(json);
        var (hasRun, hasJob, hasDataset) = (json["run"] is not null, json["job"] is not null, json["dataset"] is not null);
        return (hasRun, hasJob, hasDataset) switch
        {
            (true, true, _) => ReadRun(json, at, digest),
            (false, true, false) => ReadJob(json, at, digest),
            (_, false, true) => new OpenLineageEvent.OfDataset(json, at, digest, FacetRules.Checked(Mention(json["dataset"], "$.dataset", ownFacets: null), "$.dataset")),
            (true, false, false) => throw Refused("$.job", "is missing: a run belongs to a job"),
            (false, true, true) => throw Refused("$", "has both a job and a dataset, and no run: it is neither a job's nor a dataset's event"),
            _ => throw Refused("$", "has neither a run, nor a job, nor a dataset"),
        };
    }

    OpenLineageEvent.OfRun ReadRun(JsonObject json, DateTimeOffset at, string digest)
    {
        var run = Object(json["run"], "$.run");
        var runId = Text(run, "runId", "$.run");
        if (!Guid.TryParseExact(runId, "D", out var id))
        {
            throw Refused("$.run.runId", $"is no UUID: '{Shown(runId)}'");
        }

        var type = json["eventType"] is null ? RunEventTypes.Other : Text(json, "eventType", "$");
        if (!RunEventTypes.All.Contains(type))
        {
            throw Refused("$.eventType", $"is '{Shown(type)}', and must be one of {string.Join(", ", RunEventTypes.All)}");
        }

        FacetRules.CheckRun(Facets(run["facets"], "$.run.facets"), "$.run.facets");
        var job = Job(json);
        var inputs = Mentions(json["inputs"], "$.inputs", "inputFacets");
        var outputs = Mentions(json["outputs"], "$.outputs", "outputFacets");
        return new OpenLineageEvent.OfRun(json, at, digest, id, type, job, inputs, outputs);
    }

    OpenLineageEvent.OfJob ReadJob(JsonObject json, DateTimeOffset at, string digest) =>
        new(json, at, digest, Job(json), Mentions(json["inputs"], "$.inputs", "inputFacets"), Mentions(json["outputs"], "$.outputs", "outputFacets"));

    static JobKey Job(JsonObject json)
    {
        var job = Object(json["job"], "$.job");
        Facets(job["facets"], "$.job.facets");
        return new JobKey(Name(job, "namespace", "$.job"), Name(job, "name", "$.job"));
    }

    List<DatasetMention> Mentions(JsonNode? node, string path, string ownFacets)
    {
        if (node is null)
        {
            return [];
        }

        var array = node as JsonArray ?? throw Refused(path, "is no array");
        if (array.Count > options.MaxDatasets)
        {
            throw Refused(path, $"has {array.Count} datasets, and {options.MaxDatasets} are the most that is taken (Catalog:OpenLineage:MaxDatasets)");
        }

        var mentions = array.Select((item, i) => FacetRules.Checked(Mention(item, $"{path}[{i}]", ownFacets), $"{path}[{i}]")).ToList();
        var fields = mentions.Sum(m => FacetRules.EdgeCount(m.Facets));
        return fields <= options.MaxEdges
            ? mentions
            : throw Refused(path, $"has {fields} edges between columns, and {options.MaxEdges} are the most that is taken (Catalog:OpenLineage:MaxEdges)");
    }

    static DatasetMention Mention(JsonNode? node, string path, string? ownFacets)
    {
        var dataset = Object(node, path);
        var key = new DatasetKey(Name(dataset, "namespace", path), Name(dataset, "name", path));
        return Encoding.UTF8.GetByteCount(key.Namespace) + Encoding.UTF8.GetByteCount(key.Name) > MaxNameBytes
            ? throw Refused(path, $"has a name of more than {MaxNameBytes} bytes")
            : new DatasetMention(key, Facets(dataset["facets"], $"{path}.facets"), ownFacets is null ? [] : Facets(dataset[ownFacets], $"{path}.{ownFacets}"));
    }

    /// <summary>Facets of whatever kind: objects that say who made them, and by which schema.</summary>
    static JsonObject Facets(JsonNode? node, string path)
    {
        if (node is null)
        {
            return [];
        }

        var facets = Object(node, path);
        foreach (var (name, value) in facets)
        {
            var facet = Object(value, $"{path}.{name}");
            Uri(facet, "_producer", $"{path}.{name}");
            Uri(facet, "_schemaURL", $"{path}.{name}");
        }

        return facets;
    }

    static string Name(JsonObject parent, string member, string path)
    {
        var text = Text(parent, member, path);
        return text.Length == 0 || Encoding.UTF8.GetByteCount(text) > MaxNameBytes ? throw Refused($"{path}.{member}", text.Length == 0 ? "is empty" : $"is longer than {MaxNameBytes} bytes")
            : text.Contains('\0', StringComparison.Ordinal) ? throw Refused($"{path}.{member}", "contains a NUL character")
            : text;
    }

    static DateTimeOffset Time(JsonObject parent, string member)
    {
        var text = Text(parent, member, "$");
        return text.Length > 10 && text[10] is 'T' or 't' or ' ' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at)
            ? at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMicrosecond))
            : throw Refused($"$.{member}", $"is no time of ISO 8601: '{Shown(text)}'");
    }

    static void Uri(JsonObject parent, string member, string path)
    {
        var text = Text(parent, member, path);
        if (!System.Uri.TryCreate(text, UriKind.Absolute, out _))
        {
            throw Refused($"{path}.{member}", $"is no URI: '{Shown(text)}'");
        }
    }

    internal static string Text(JsonObject parent, string member, string path) => parent[member] switch
    {
        null => throw Refused($"{path}.{member}", "is missing"),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        _ => throw Refused($"{path}.{member}", "is no text"),
    };

    internal static JsonObject Object(JsonNode? node, string path) => node switch
    {
        JsonObject value => value,
        null => throw Refused(path, "is missing"),
        _ => throw Refused(path, "is no object"),
    };

    internal static EventRefusedException Refused(string path, string problem) => new($"{path} {problem}");

    static string Shown(string text) => Naming.NamespaceName.Shown(text);
}

/// <summary>The canonical form of JSON: members in the order of their names, no white space.</summary>
internal static class Canonical
{
    public static string Digest(JsonNode? node)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using (var stream = new HashStream(hash))
        using (var writer = new Utf8JsonWriter(stream))
        {
            Write(node, writer);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    static void Write(JsonNode? node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case JsonObject value:
                writer.WriteStartObject();
                foreach (var (name, member) in value.OrderBy(m => m.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(member, writer);
                }

                writer.WriteEndObject();
                break;
            case JsonArray array:
                writer.WriteStartArray();
                foreach (var item in array)
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }

    sealed class HashStream(IncrementalHash hash) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => hash.AppendData(buffer, offset, count);

        public override void Write(ReadOnlySpan<byte> buffer) => hash.AppendData(buffer);
    }
}
