using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Updates of views, and what they require, as JSON (REST catalog specification).</summary>
public static class ViewUpdateJson
{
    /// <summary>Reads an update.</summary>
    /// <exception cref="LakehouseException">Unsupported names an unknown action, InvalidData the field and the reason.</exception>
    public static IViewUpdate Read(JsonElement json) => Read(new JsonFields(json, "update"));

    /// <summary>Reads the array of updates of a commit.</summary>
    public static IReadOnlyList<IViewUpdate> ReadAll(JsonElement array) => array.ValueKind == JsonValueKind.Array
        ? array.EnumerateArray().Select((item, index) => Read(new JsonFields(item, $"updates[{index}]"))).ToList()
        : throw LakehouseException.InvalidData("updates must be an array");

    /// <summary>Writes an update as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, IViewUpdate update)
    {
        switch (update)
        {
            case TableUpdate shared:
                TableUpdateJson.Write(json, shared);
                return;
            case AddViewVersion add:
                json.WriteStartObject();
                json.WriteString("action", add.Action);
                json.WritePropertyName("view-version");
                ViewVersionJson.Write(json, add.Version);
                json.WriteEndObject();
                return;
            case SetCurrentViewVersion set:
                json.WriteStartObject();
                json.WriteString("action", set.Action);
                json.WriteNumber("view-version-id", set.VersionId);
                json.WriteEndObject();
                return;
            default:
                throw new ArgumentException($"No JSON form for {update.GetType().Name}", nameof(update));
        }
    }

    /// <summary>Reads a requirement.</summary>
    /// <exception cref="LakehouseException">Unsupported names an unknown type, InvalidData the field and the reason.</exception>
    public static ViewRequirement ReadRequirement(JsonElement json) => ReadRequirement(new JsonFields(json, "requirement"));

    /// <summary>Reads the array of requirements of a commit.</summary>
    public static IReadOnlyList<ViewRequirement> ReadRequirements(JsonElement array) => array.ValueKind == JsonValueKind.Array
        ? array.EnumerateArray().Select((item, index) => ReadRequirement(new JsonFields(item, $"requirements[{index}]"))).ToList()
        : throw LakehouseException.InvalidData("requirements must be an array");

    /// <summary>Writes a requirement as a JSON object.</summary>
    public static void Write(Utf8JsonWriter json, ViewRequirement requirement)
    {
        json.WriteStartObject();
        json.WriteString("type", requirement.Type);
        json.WriteString("uuid", requirement is AssertViewUuid assert ? assert.Uuid.ToString("D") : throw new ArgumentException($"No JSON form for {requirement.GetType().Name}", nameof(requirement)));
        json.WriteEndObject();
    }

    private static IViewUpdate Read(JsonFields fields) => fields.String("action") switch
    {
        "add-view-version" => new AddViewVersion(ViewVersionJson.Read(fields.Required("view-version"), $"{fields.Path}.view-version")),
        "set-current-view-version" => new SetCurrentViewVersion(fields.Int("view-version-id")),
        "assign-uuid" or "upgrade-format-version" or "add-schema" or "set-location" or "set-properties" or "remove-properties" => (IViewUpdate)TableUpdateJson.Read(fields),
        var other => throw LakehouseException.Unsupported($"{fields.Path}: update \"{other}\" is not one of views"),
    };

    private static ViewRequirement ReadRequirement(JsonFields fields) => fields.String("type") switch
    {
        "assert-view-uuid" => new AssertViewUuid(fields.Uuid("uuid")),
        var other => throw LakehouseException.Unsupported($"{fields.Path}: requirement \"{other}\" is not one of views"),
    };
}
