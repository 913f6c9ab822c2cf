using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lakehouse.Sources.Landing;

/// <summary>What is known of a file in the landing zone. It counts from the moment that its manifest is there.</summary>
public sealed record LandingManifest
{
    /// <summary>Identifies it within its stream: time-ordered, or a digest of its idempotency key or file name.</summary>
    public required string Id { get; init; }

    /// <summary>Stream.</summary>
    public required string Stream { get; init; }

    /// <summary>Name of the file as it was sent; null for events that were posted.</summary>
    public string? Name { get; init; }

    /// <summary>Format of what was kept.</summary>
    public required LandingFormat Format { get; init; }

    /// <summary>Object with the bytes, relative to the stream's folder.</summary>
    public required string Data { get; init; }

    /// <summary>Bytes kept.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the content as it was sent, decompressed, in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>When it was received.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Who sent it.</summary>
    public string? Principal { get; init; }

    /// <summary>Idempotency key that came with it.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Trace that it was received in (W3C traceparent).</summary>
    public string? TraceParent { get; init; }

    /// <summary>Events in it, as far as can be told from its text; null when only loading it tells (Parquet).</summary>
    public long? Events { get; init; }

    /// <summary>Lines in it that will be quarantined because they are no events.</summary>
    public long Faulty { get; init; }

    /// <summary>Bytes as they were sent, decompressed.</summary>
    public long ReceivedBytes { get; init; }

    /// <summary>What a row says that it came from: the file's name, or the id.</summary>
    [JsonIgnore]
    public string Source => Name ?? Id;

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, LandingJson.Default.LandingManifest);

    /// <summary>From JSON.</summary>
    /// <exception cref="Formats.LakehouseException">InvalidData: it is no manifest.</exception>
    public static async Task<LandingManifest> ReadAsync(Stream json, string location, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(json, LandingJson.Default.LandingManifest, cancellationToken)
                ?? throw Formats.LakehouseException.InvalidData($"'{location}' is no landing manifest");
        }
        catch (JsonException e)
        {
            throw Formats.LakehouseException.InvalidData($"'{location}' is no landing manifest: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LandingManifest))]
internal sealed partial class LandingJson : JsonSerializerContext;
