using System.Text.Json;

namespace LakeAspire.Catalog.Credentials;

/// <summary>Credentials of the store for a while, good below a location.</summary>
/// <param name="Prefix">The location.</param>
/// <param name="Config">What clients' file access understands.</param>
internal sealed record StorageCredentialBody(string Prefix, IReadOnlyDictionary<string, string> Config);

internal sealed record LoadCredentialsResponse(IReadOnlyList<StorageCredentialBody> StorageCredentials);

/// <summary>How a client reaches the files of a table: what stands beside its metadata in answers of Iceberg REST.</summary>
/// <param name="Config">Settings of its file access.</param>
/// <param name="Credentials">Credentials, if any.</param>
/// <param name="IsSigned">Whether requests are to be sent here to be signed.</param>
internal sealed record Delegation(IReadOnlyDictionary<string, string> Config, IReadOnlyList<StorageCredentialBody> Credentials, bool IsSigned = false)
{
    /// <summary>What clients send along with each request to sign.</summary>
    public IReadOnlyDictionary<string, string>? SigningProperties { get; init; }

    /// <summary>Nothing but what every client finds by itself.</summary>
    public static Delegation None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal), []);

    /// <summary>Writes the members of LoadTableResult.</summary>
    public void Write(Utf8JsonWriter json)
    {
        WriteTexts(json, "config", Config);
        WriteCredentials(json);
        if (IsSigned)
        {
            json.WriteStartObject("remote-signing-config");
            if (SigningProperties is not null)
            {
                WriteTexts(json, "properties", SigningProperties);
            }

            json.WriteEndObject();
        }
    }

    /// <summary>Writes the credentials, if there are any.</summary>
    public void WriteCredentials(Utf8JsonWriter json)
    {
        if (Credentials.Count == 0)
        {
            return;
        }

        json.WriteStartArray("storage-credentials");
        foreach (var (prefix, config) in Credentials)
        {
            json.WriteStartObject();
            json.WriteString("prefix", prefix);
            WriteTexts(json, "config", config);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> texts)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in texts)
        {
            json.WriteString(key, value);
        }

        json.WriteEndObject();
    }
}
