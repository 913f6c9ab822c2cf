using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Artifacts;

/// <summary>What dbt's artifacts have in common.</summary>
internal static class ArtifactJson
{
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void WriteMetadata(Utf8JsonWriter json, string artifact, int version, InvocationFacts invocation)
    {
        json.WriteStartObject("metadata");
        json.WriteString("dbt_schema_version", string.Create(CultureInfo.InvariantCulture, $"https://schemas.getdbt.com/dbt/{artifact}/v{version}.json"));
        json.WriteString("dbt_version", ProjectParser.DbtVersion);
        json.WriteString("generated_at", Time(invocation.GeneratedAt));
        json.WriteString("invocation_id", invocation.Id);
        json.WriteString("invocation_started_at", Time(invocation.StartedAt));
        json.WriteStartObject("env");
        foreach (var (key, value) in invocation.Env)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>A time in UTC to the microsecond.</summary>
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, long? value)
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
