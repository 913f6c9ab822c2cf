using System.Text.Json.Serialization;

namespace Lakehouse.Sources.Landing;

/// <summary>Format of a landing file.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LandingFormat>))]
public enum LandingFormat
{
    /// <summary>A JSON object in each line.</summary>
    [JsonStringEnumMemberName("ndjson")]
    Ndjson,

    /// <summary>Comma-separated values with a header.</summary>
    [JsonStringEnumMemberName("csv")]
    Csv,

    /// <summary>Apache Parquet.</summary>
    [JsonStringEnumMemberName("parquet")]
    Parquet,

    /// <summary>A document that could not be split into events: goes to quarantine as a whole.</summary>
    [JsonStringEnumMemberName("malformed")]
    Malformed,
}
