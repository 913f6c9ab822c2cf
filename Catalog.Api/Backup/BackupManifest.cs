using System.Text.Json;
using System.Text.Json.Serialization;

namespace LakeAspire.Catalog.Backup;

/// <summary>What an archive says of itself: its last entries, <c>manifest.json</c>, that one's checksum, and its signature. An archive without one was broken off.</summary>
internal sealed record BackupManifest(
    string Format,
    int Version,
    DateTimeOffset CreatedAt,
    IReadOnlyList<string> Migrations,
    string Warehouse,
    BackupHead? Head,
    BackupSecrets Secrets,
    IReadOnlyList<BackupTable> Tables,
    IReadOnlyList<BackupSequence> Sequences)
{
    public const string EntryName = "manifest.json";

    /// <summary>The entry with the manifest's own checksum.</summary>
    public const string ChecksumName = "manifest.json.sha256";

    /// <summary>The entry with the manifest's signature, since version 2: HMAC-SHA256 by the key of the archive, in hexadecimal.</summary>
    public const string SignatureName = "manifest.json.hmac-sha256";
    public const string FormatName = "lakeaspire-backup";
    public const int CurrentVersion = 2;

    public static JsonSerializerOptions Json { get; } =
        new(JsonSerializerDefaults.Web) { WriteIndented = true, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}

/// <summary>The newest commit on <c>main</c> that the archive holds.</summary>
internal sealed record BackupHead(long Commit, DateTimeOffset At);

/// <summary>How tables with secret columns are sealed: AES-256-GCM under a key made from a text by PBKDF2-SHA256.</summary>
/// <param name="Key"><c>passphrase</c>, or <c>installation</c>: the user key of the installation that was backed up.</param>
/// <param name="Salt">Salt of the key, base64.</param>
/// <param name="Iterations">Rounds of PBKDF2.</param>
/// <param name="Columns">The secret columns, as <c>table.column</c>; whole tables that have one are sealed.</param>
internal sealed record BackupSecrets(string Key, string Salt, int Iterations, IReadOnlyList<string> Columns)
{
    /// <summary>What the key is known by; null in archives of version 1, which are not signed.</summary>
    public string? Check { get; init; }
}

/// <summary>The rows of one table: PostgreSQL's COPY text, in UTF-8.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Entry">The entry of the archive.</param>
/// <param name="Columns">Columns in the order of the rows.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Bytes">Size of the entry, not compressed.</param>
/// <param name="Sha256">Checksum of the entry, not compressed.</param>
/// <param name="Sealed">Whether it is encrypted.</param>
internal sealed record BackupTable(string Name, string Entry, IReadOnlyList<string> Columns, long Rows, long Bytes, string Sha256, bool Sealed);

/// <summary>Where a sequence stands.</summary>
internal sealed record BackupSequence(string Name, long Last);
