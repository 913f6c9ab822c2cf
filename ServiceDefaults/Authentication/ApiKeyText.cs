using System.Security.Cryptography;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace LakeAspire.ServiceDefaults.Authentication;

/// <summary>The form of API keys: <c>lake_</c>, the key's id, and 256 random bits. Scanners of repositories know them by their beginning.</summary>
public static class ApiKeyText
{
    const string Prefix = "lake_";
    const int IdLength = 32;
    const int SecretBytes = 32;

    /// <summary>A new secret for the key with this id, as it is shown once.</summary>
    public static string Create(Guid id) => $"{Prefix}{id:N}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes))}";

    /// <summary>Takes a key apart; false when it has not the form of one.</summary>
    public static bool TryParse(string text, out Guid id, [NotNullWhen(true)] out byte[]? secret)
    {
        (id, secret) = (default, null);
        if (text.Length != Prefix.Length + IdLength + 1 + Base64Url.GetEncodedLength(SecretBytes) || !text.StartsWith(Prefix, StringComparison.Ordinal)
            || !Guid.TryParseExact(text.AsSpan(Prefix.Length, IdLength), "N", out id) || text[Prefix.Length + IdLength] != '_' || !Base64Url.IsValid(text.AsSpan(Prefix.Length + IdLength + 1)))
        {
            return false;
        }

        secret = Base64Url.DecodeFromChars(text.AsSpan(Prefix.Length + IdLength + 1));
        return secret.Length == SecretBytes;
    }

    /// <summary>What is kept of a secret. One round suffices: nobody guesses 256 random bits.</summary>
    public static byte[] Hash(byte[] secret) => SHA256.HashData(secret);
}
