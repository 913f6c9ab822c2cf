using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>Which delete files apply to a data file, as a short text: whether they changed is seen without reading them.</summary>
internal static class DeleteKey
{
    /// <summary>The key of a published file of which the table no longer tells which delete files applied.</summary>
    public const string Forgotten = "?";

    /// <summary>The key, or null when no delete file applies.</summary>
    public static string? Of(ScanFile file)
    {
        if (file.Deletes.Count == 0)
        {
            return null;
        }

        var names = file.Deletes.Select(delete => string.Create(CultureInfo.InvariantCulture, $"{delete.File.FilePath}@{delete.File.ContentOffset}")).Order(StringComparer.Ordinal);
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', names))).AsSpan(0, 15));
    }

    /// <summary>The one deletion vector that is all that applies to a file, or null.</summary>
    public static DataFile? OnlyVector(ScanFile file) =>
        file.Deletes is [{ File: { Content: FileContent.PositionDeletes, ContentOffset: not null, ContentSizeInBytes: not null } vector }] ? vector : null;
}
