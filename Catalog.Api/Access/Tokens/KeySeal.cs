using System.Security.Cryptography;
using System.Text;
using LakeAspire.ServiceDefaults.Authentication;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Access.Tokens;

/// <summary>Seals private keys with AES-GCM under a key of the installation, bound to their id. A copy of the database alone can sign nothing. Layout: nonce (12), tag (16), text.</summary>
internal sealed class KeySeal(IOptions<AccessOptions> options, IOptions<LakeAuthOptions> auth)
{
    const int NonceLength = 12;
    const int TagLength = 16;

    readonly byte[] key = HKDF.DeriveKey(
        HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(options.Value.SealKey ?? auth.Value.ServiceKey), outputLength: 32, info: "lakeaspire signing keys, sealed"u8.ToArray());

    public byte[] Seal(byte[] text, string id)
    {
        var whole = new byte[NonceLength + TagLength + text.Length];
        RandomNumberGenerator.Fill(whole.AsSpan(0, NonceLength));
        using var cipher = new AesGcm(key, TagLength);
        cipher.Encrypt(whole.AsSpan(0, NonceLength), text, whole.AsSpan(NonceLength + TagLength), whole.AsSpan(NonceLength, TagLength), Encoding.UTF8.GetBytes(id));
        return whole;
    }

    /// <summary>What was sealed; null when it was sealed with another key, or for another id.</summary>
    public byte[]? Open(byte[] whole, string id)
    {
        if (whole.Length < NonceLength + TagLength)
        {
            return null;
        }

        var text = new byte[whole.Length - NonceLength - TagLength];
        using var cipher = new AesGcm(key, TagLength);
        try
        {
            cipher.Decrypt(whole.AsSpan(0, NonceLength), whole.AsSpan(NonceLength + TagLength), whole.AsSpan(NonceLength, TagLength), text, Encoding.UTF8.GetBytes(id));
            return text;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
