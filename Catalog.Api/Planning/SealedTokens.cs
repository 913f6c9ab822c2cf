using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Planning;

/// <summary>
/// Texts that clients carry about for us and cannot make or change: packed JSON with an HMAC under a key derived from the installation's secret, which all instances of the service share. Each purpose has a key of its own.
/// </summary>
internal sealed class SealedTokens(IOptions<LakeAuthOptions> auth)
{
    /// <summary>Longest token: it has to fit into an address.</summary>
    public const int MaxLength = 6000;

    const int MacLength = 16;
    const int MaxUnpacked = 1 << 20;

    static readonly JsonSerializerOptions Json = new() { DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>Seals something; null when that would be longer than a token may be.</summary>
    public string? Seal<T>(string purpose, T value)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            JsonSerializer.Serialize(brotli, value, Json);
        }

        var content = packed.ToArray();
        var text = Base64Url.EncodeToString([.. Mac(purpose, content), .. content]);
        return text.Length <= MaxLength ? text : null;
    }

    /// <summary>Opens what <see cref="Seal"/> made; null when it did not.</summary>
    public T? Open<T>(string purpose, string token)
        where T : class
    {
        if (token.Length > MaxLength || !Base64Url.IsValid(token))
        {
            return null;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= MacLength || !CryptographicOperations.FixedTimeEquals(bytes.AsSpan(0, MacLength), Mac(purpose, bytes.AsSpan(MacLength))))
        {
            return null;
        }

        using var brotli = new BrotliStream(new MemoryStream(bytes, MacLength, bytes.Length - MacLength, writable: false), CompressionMode.Decompress);
        var unpacked = new byte[MaxUnpacked];
        var length = brotli.ReadAtLeast(unpacked, unpacked.Length, throwOnEndOfStream: false);
        return length < MaxUnpacked ? JsonSerializer.Deserialize<T>(unpacked.AsSpan(0, length), Json) : null;
    }

    byte[] Mac(string purpose, ReadOnlySpan<byte> content)
    {
        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(auth.Value.ServiceKey), 32, info: Encoding.UTF8.GetBytes("lakeaspire catalog " + purpose));
        return HMACSHA256.HashData(key, content)[..MacLength];
    }
}
