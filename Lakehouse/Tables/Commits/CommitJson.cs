using System.Text.Json;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>Commits as the body of Iceberg REST's <c>transactions/commit</c>, with the member <c>lakeaspire</c> beside the specification's own.</summary>
static class CommitJson
{
    public static byte[] Write(CatalogCommit commit)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("table-changes");
            foreach (var change in commit.Tables)
            {
                WriteChange(json, change);
            }

            json.WriteEndArray();
            json.WriteStartObject("lakeaspire");
            json.WriteString("message", commit.Message);
            json.WriteString("author", commit.Author);
            WriteNumber(json, "run-id", commit.RunId);
            WriteNumber(json, "run-attempt", commit.RunAttempt);
            WriteCursors(json, commit.Cursors);
            WriteItems(json, commit.Items);
            WriteLineage(json, commit.Lineage);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }

    static void WriteChange(Utf8JsonWriter json, TableChange change)
    {
        json.WriteStartObject();
        json.WriteStartObject("identifier");
        json.WriteStartArray("namespace");
        foreach (var level in change.Table.Levels)
        {
            json.WriteStringValue(level);
        }

        json.WriteEndArray();
        json.WriteString("name", change.Table.Name);
        json.WriteEndObject();
        json.WriteStartArray("requirements");
        foreach (var requirement in change.Requirements)
        {
            TableRequirementJson.Write(json, requirement);
        }

        json.WriteEndArray();
        json.WriteStartArray("updates");
        foreach (var update in change.Updates)
        {
            TableUpdateJson.Write(json, update);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteCursors(Utf8JsonWriter json, IReadOnlyList<CursorMove> cursors)
    {
        json.WriteStartArray("cursors");
        foreach (var move in cursors)
        {
            json.WriteStartObject();
            json.WriteString("scope", move.Scope);
            json.WriteString("expected", move.Expected);
            json.WriteString("next", move.Next);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void WriteItems(Utf8JsonWriter json, IReadOnlyList<SourceItem> items)
    {
        json.WriteStartArray("items");
        foreach (var item in items)
        {
            json.WriteStartObject();
            json.WriteString("scope", item.Scope);
            json.WriteString("key", item.Key);
            json.WriteString("fingerprint", item.Fingerprint);
            WriteNumber(json, "retention-seconds", item.Retention is { } retention ? (long)Math.Ceiling(retention.TotalSeconds) : null);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void WriteLineage(Utf8JsonWriter json, IReadOnlyList<string> events)
    {
        if (events.Count == 0)
        {
            return;
        }

        json.WriteStartArray("lineage");
        foreach (var happened in events)
        {
            json.WriteRawValue(happened);
        }

        json.WriteEndArray();
    }

    static void WriteNumber(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
