using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LakeAspire.Catalog.Backup;

/// <summary>
/// The key of an archive: signs its manifest with HMAC-SHA256, and seals the chunks of entries with AES-256-GCM. A chunk: length of the text (4 bytes, little-endian), the encrypted text, the tag (16 bytes). The nonce is the number of the entry
/// and the number of the chunk; a chunk that is not full is the last one, which the tag covers too, so that none can be moved, left out or cut off.
/// </summary>
internal sealed class ArchiveKey : IDisposable
{
    /// <summary>Text of a full chunk.</summary>
    public const int ChunkSize = 64 * 1024;

    public const int Overhead = HeaderSize + TagSize;
    public const int HeaderSize = 4;
    const int TagSize = 16;
    const int SaltSize = 16;
    const int Iterations = 600_000;
    const int MaxIterations = 10_000_000;

    readonly AesGcm cipher;
    readonly byte[] signing;

    ArchiveKey(string text, byte[] salt, int iterations)
    {
        Salt = salt;
        Rounds = iterations;
        var key = Rfc2898DeriveBytes.Pbkdf2(Encoding.UTF8.GetBytes(text), salt, iterations, HashAlgorithmName.SHA256, 32);
        cipher = new AesGcm(key, TagSize);
        signing = HKDF.Expand(HashAlgorithmName.SHA256, key, 32, "lakeaspire backup manifest"u8.ToArray());
        Check = Convert.ToHexStringLower(HMACSHA256.HashData(signing, "check"u8))[..16];
        CryptographicOperations.ZeroMemory(key);
    }

    public byte[] Salt { get; }

    public int Rounds { get; }

    /// <summary>Tells this key from another, so that a wrong passphrase is not taken for a changed archive.</summary>
    public string Check { get; }

    /// <summary>A key with a salt of its own.</summary>
    public static ArchiveKey Create(string text) => new(text, RandomNumberGenerator.GetBytes(SaltSize), Iterations);

    /// <summary>The key that an archive was sealed with, if the text is the same.</summary>
    /// <exception cref="BackupException">The manifest's figures make no key.</exception>
    public static ArchiveKey Of(string text, BackupSecrets secrets)
    {
        var salt = new byte[SaltSize];
        return secrets.Iterations is > 0 and <= MaxIterations && Convert.TryFromBase64String(secrets.Salt, salt, out var length) && length == SaltSize
            ? new ArchiveKey(text, salt, secrets.Iterations)
            : throw new BackupException("The archive's manifest does not say how its secrets are sealed.");
    }

    /// <summary>Seals one chunk into <paramref name="sealedChunk"/>, which is <see cref="Overhead"/> longer.</summary>
    public void Seal(ReadOnlySpan<byte> text, int entry, long chunk, Span<byte> sealedChunk)
    {
        BinaryPrimitives.WriteInt32LittleEndian(sealedChunk, text.Length);
        cipher.Encrypt(Nonce(entry, chunk), text, sealedChunk.Slice(HeaderSize, text.Length), sealedChunk.Slice(HeaderSize + text.Length, TagSize), sealedChunk[..HeaderSize]);
    }

    /// <summary>Opens one chunk, header included.</summary>
    /// <exception cref="BackupException">The key is another one, or the chunk is not what was sealed.</exception>
    public void Open(ReadOnlySpan<byte> sealedChunk, int entry, long chunk, Span<byte> text)
    {
        try
        {
            cipher.Decrypt(Nonce(entry, chunk), sealedChunk.Slice(HeaderSize, text.Length), sealedChunk.Slice(HeaderSize + text.Length, TagSize), text, sealedChunk[..HeaderSize]);
        }
        catch (CryptographicException)
        {
            throw new BackupException("The archive's secrets do not open with this key: give the passphrase of the backup, or the user key of the installation that it was made of (secrets/user.key there).");
        }
    }

    /// <summary>The signature of a manifest, and so of all that its checksums are of.</summary>
    public string Sign(ReadOnlySpan<byte> manifest) => Convert.ToHexStringLower(HMACSHA256.HashData(signing, manifest));

    /// <summary>Whether a manifest is what was signed by this key.</summary>
    public bool IsSigned(ReadOnlySpan<byte> manifest, string signature) => CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(manifest)), Encoding.UTF8.GetBytes(signature));

    public void Dispose()
    {
        cipher.Dispose();
        CryptographicOperations.ZeroMemory(signing);
    }

    static byte[] Nonce(int entry, long chunk)
    {
        var nonce = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(nonce, entry);
        BinaryPrimitives.WriteInt64LittleEndian(nonce.AsSpan(4), chunk);
        return nonce;
    }
}

/// <summary>Why an archive cannot be used, for people.</summary>
internal sealed class BackupException(string message, Exception? inner = null) : Exception(message, inner);
