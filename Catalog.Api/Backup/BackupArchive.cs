using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace LakeAspire.Catalog.Backup;

/// <summary>An archive that is there whole: its manifest read, its format known.</summary>
internal sealed class BackupArchive : IAsyncDisposable
{
    const long MaxManifest = 16 << 20;

    readonly ZipArchive zip;
    readonly byte[] json;
    readonly string? signature;

    BackupArchive(ZipArchive zip, BackupManifest manifest, byte[] json, string? signature)
    {
        this.zip = zip;
        this.json = json;
        this.signature = signature;
        Manifest = manifest;
    }

    public BackupManifest Manifest { get; }

    /// <summary>Opens an archive.</summary>
    /// <param name="stream">A seekable stream, which stays open.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="BackupException">It is no whole archive, or one of a later version.</exception>
    public static async Task<BackupArchive> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        ZipArchive? zip = null;
        try
        {
            zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken);
            var json = await ContentAsync(zip, BackupManifest.EntryName, cancellationToken);
            if (Encoding.ASCII.GetString(await ContentAsync(zip, BackupManifest.ChecksumName, cancellationToken)) != Convert.ToHexStringLower(SHA256.HashData(json)))
            {
                throw new BackupException("The archive is damaged: its manifest does not have its checksum.");
            }

            var manifest = JsonSerializer.Deserialize<BackupManifest>(json, BackupManifest.Json) ?? throw new JsonException("null");
            if (manifest.Format != BackupManifest.FormatName || manifest.Version > BackupManifest.CurrentVersion)
            {
                throw new BackupException(manifest.Format == BackupManifest.FormatName
                    ? $"The archive has version {manifest.Version}; this service reads up to {BackupManifest.CurrentVersion}. Restore it with the version that made it, or a later one."
                    : "This is no backup of a LakeAspire catalog.");
            }

            var signature = zip.GetEntry(BackupManifest.SignatureName) is null ? null : Encoding.ASCII.GetString(await ContentAsync(zip, BackupManifest.SignatureName, cancellationToken));
            var archive = new BackupArchive(zip, manifest, json, signature);
            zip = null;
            return archive;
        }
        catch (Exception exception) when (exception is JsonException || IsDamage(exception))
        {
            throw new BackupException("This is no whole backup: it was broken off while it was written, or damaged since.", exception);
        }
        finally
        {
            if (zip is not null)
            {
                await zip.DisposeAsync();
            }
        }
    }

    /// <summary>Looks whether the archive is what was written with this key. Whoever can write files can make checksums fit; a signature only who has the key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="unsigned">Whether it may be without a signature, or changed after it was signed.</param>
    /// <exception cref="BackupException">It is not, or the key is another one.</exception>
    public void Authenticate(ArchiveKey key, bool unsigned)
    {
        if (Manifest.Secrets.Check is { } check && check != key.Check)
        {
            throw new BackupException(
                "The archive was made with another key: give the passphrase of the backup, or, if it had none, the user key of the installation that it was made of (the text of secrets/user.key there) as the passphrase.");
        }

        if (!unsigned && (signature is null || !key.IsSigned(json, signature)))
        {
            throw new BackupException(signature is null
                ? "The archive is not signed: it is of an earlier version, or was changed. If you know where it comes from, say that you take it as it is (--unsigned)."
                : "The archive was changed after it was signed. If you know by whom, say that you take it as it is (--unsigned).");
        }
    }

    /// <summary>Reads every entry and holds it against the manifest; sealed ones are opened as well.</summary>
    /// <exception cref="BackupException">Something is missing or differs, or the key does not fit.</exception>
    public async Task VerifyAsync(ArchiveKey? key, CancellationToken cancellationToken)
    {
        foreach (var (table, number) in Manifest.Tables.Select((table, number) => (table, number)))
        {
            long rows = 0;
            await ReadAsync(table, number, key, (text, _) =>
            {
                rows += text.Span.Count((byte)'\n');
                return ValueTask.CompletedTask;
            }, cancellationToken);
            if (rows != table.Rows)
            {
                throw Damaged(table, $"holds {rows} rows, the manifest says {table.Rows}");
            }
        }
    }

    /// <summary>Hands the text of a table on in chunks, and checks it at the end.</summary>
    public async Task ReadAsync(BackupTable table, int number, ArchiveKey? key, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        var entry = zip.GetEntry(table.Entry) ?? throw Damaged(table, "is missing");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        try
        {
            await using var stream = await entry.OpenAsync(cancellationToken);
            var bytes = table.Sealed
                ? await ReadSealedAsync(stream, table, number, key ?? throw new BackupException("The archive's secrets are sealed: a key is needed."), hash, take, cancellationToken)
                : await ReadPlainAsync(stream, hash, take, cancellationToken);
            if (bytes != table.Bytes || Convert.ToHexStringLower(hash.GetHashAndReset()) != table.Sha256)
            {
                throw Damaged(table, "does not have the checksum that the manifest names");
            }
        }
        catch (Exception exception) when (IsDamage(exception))
        {
            throw Damaged(table, "cannot be read", exception);
        }
    }

    public ValueTask DisposeAsync() => zip.DisposeAsync();

    static async Task<byte[]> ContentAsync(ZipArchive zip, string name, CancellationToken cancellationToken)
    {
        var entry = zip.GetEntry(name);
        if (entry is null || entry.Length > MaxManifest)
        {
            throw new BackupException("This is no backup: it has no manifest.");
        }

        using var content = new MemoryStream();
        await using var stream = await entry.OpenAsync(cancellationToken);
        await stream.CopyToAsync(content, cancellationToken);
        return content.ToArray();
    }

    static async Task<long> ReadPlainAsync(Stream stream, IncrementalHash hash, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        var buffer = new byte[ArchiveKey.ChunkSize];
        long bytes = 0;
        for (int length; (length = await stream.ReadAsync(buffer, cancellationToken)) > 0; bytes += length)
        {
            hash.AppendData(buffer, 0, length);
            await take(buffer.AsMemory(0, length), cancellationToken);
        }

        return bytes;
    }

    static async Task<long> ReadSealedAsync(
        Stream stream, BackupTable table, int number, ArchiveKey key, IncrementalHash hash, Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> take, CancellationToken cancellationToken)
    {
        var chunk = new byte[ArchiveKey.ChunkSize + ArchiveKey.Overhead];
        var text = new byte[ArchiveKey.ChunkSize];
        long bytes = 0;
        for (var index = 0L; ; index++)
        {
            var header = await stream.ReadAtLeastAsync(chunk.AsMemory(0, ArchiveKey.HeaderSize), ArchiveKey.HeaderSize, throwOnEndOfStream: false, cancellationToken);
            var length = header == ArchiveKey.HeaderSize ? BinaryPrimitives.ReadInt32LittleEndian(chunk) : -1;
            if (length is < 0 or > ArchiveKey.ChunkSize)
            {
                throw Damaged(table, "is cut off");
            }

            var rest = length + ArchiveKey.Overhead - ArchiveKey.HeaderSize;
            if (await stream.ReadAtLeastAsync(chunk.AsMemory(ArchiveKey.HeaderSize, rest), rest, throwOnEndOfStream: false, cancellationToken) != rest)
            {
                throw Damaged(table, "is cut off");
            }

            hash.AppendData(chunk, 0, length + ArchiveKey.Overhead);
            bytes += length + ArchiveKey.Overhead;
            key.Open(chunk.AsSpan(0, length + ArchiveKey.Overhead), number, index, text.AsSpan(0, length));
            await take(text.AsMemory(0, length), cancellationToken);
            if (length < ArchiveKey.ChunkSize)
            {
                return bytes;
            }
        }
    }

    /// <summary>What the reader of ZIPs throws at nonsense.</summary>
    static bool IsDamage(Exception exception) => exception is InvalidDataException or EndOfStreamException or NotSupportedException or ArgumentException or OverflowException;

    static BackupException Damaged(BackupTable table, string what, Exception? inner = null) => new($"The archive is damaged: its entry {table.Entry} {what}.", inner);
}
