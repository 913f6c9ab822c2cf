using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>
/// Page tokens: the last name of a page, encrypted, since it may be one that the caller's rights hide, and bound to the list that it is of. Every instance of the service reads what another one gave.
/// </summary>
internal sealed class PageTokens(IOptionsMonitor<LakeAuthOptions> keys)
{
    const int MaxLength = 4096;

    // Layout: nonce, tag, text.
    static readonly int NonceSize = AesGcm.NonceByteSizes.MaxSize;
    static readonly int TagSize = AesGcm.TagByteSizes.MaxSize;

    /// <summary>A token.</summary>
    /// <param name="list">What tells the list from all others.</param>
    /// <param name="last">Last name of the page.</param>
    public string Write(string list, string last)
    {
        var text = Encoding.UTF8.GetBytes(last);
        var token = new byte[NonceSize + TagSize + text.Length];
        RandomNumberGenerator.Fill(token.AsSpan(0, NonceSize));
        using var cipher = Cipher();
        cipher.Encrypt(token.AsSpan(0, NonceSize), text, token.AsSpan(NonceSize + TagSize), token.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(list));
        return Base64Url.EncodeToString(token);
    }

    /// <summary>The name that a token stands for.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400 when it is not one of this list.</exception>
    public string Read(string list, string token)
    {
        if (token.Length > MaxLength || !Base64Url.IsValid(token))
        {
            throw Foreign();
        }

        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length < NonceSize + TagSize)
        {
            throw Foreign();
        }

        try
        {
            var text = new byte[bytes.Length - NonceSize - TagSize];
            using var cipher = Cipher();
            cipher.Decrypt(bytes.AsSpan(0, NonceSize), bytes.AsSpan(NonceSize + TagSize), bytes.AsSpan(NonceSize, TagSize), text, Encoding.UTF8.GetBytes(list));
            return Encoding.UTF8.GetString(text);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw Foreign();
        }
    }

    AesGcm Cipher() => new(HKDF.DeriveKey(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(keys.CurrentValue.ServiceKey), 32, info: "lakeaspire page tokens"u8.ToArray()), TagSize);

    static ServiceDefaults.Errors.ApiException Foreign() => CatalogErrors.BadRequest("pageToken is not one that this list gave: begin again without one");
}
