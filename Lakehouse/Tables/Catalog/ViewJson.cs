using System.Net.Http.Headers;
using System.Text.Json;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>Bodies of Iceberg REST's view routes.</summary>
static class ViewJson
{
    public static HttpContent Create(string name, ViewDefinition definition, string? location, DateTimeOffset now) => Content(json =>
    {
        json.WriteString("name", name);
        if (location is not null)
        {
            json.WriteString("location", location);
        }

        json.WritePropertyName("schema");
        SchemaJson.Write(json, definition.Schema);
        json.WritePropertyName("view-version");
        ViewVersionJson.Write(json, definition.ToVersion(now));
        json.WriteStartObject("properties");
        foreach (var (key, value) in definition.Properties)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    });

    public static HttpContent Commit(IReadOnlyList<ViewRequirement> requirements, IReadOnlyList<IViewUpdate> updates) => Content(json =>
    {
        json.WriteStartArray("requirements");
        foreach (var requirement in requirements)
        {
            ViewUpdateJson.Write(json, requirement);
        }

        json.WriteEndArray();
        json.WriteStartArray("updates");
        foreach (var update in updates)
        {
            ViewUpdateJson.Write(json, update);
        }

        json.WriteEndArray();
    });

    static ByteArrayContent Content(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return new ByteArrayContent(buffer.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
    }
}
