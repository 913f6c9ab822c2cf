using System.Globalization;

namespace Lakehouse.Formats.Delta.Actions;

/// <summary>Where a deletion vector is (PROTOCOL.md, "Deletion Vector Descriptor Schema").</summary>
/// <param name="StorageType"><c>u</c>: a file of the table, named by a UUID; <c>p</c>: a file at an absolute path; <c>i</c>: inline.</param>
/// <param name="PathOrInlineDv">By storage type: optional prefix and UUID in Z85; absolute path; the bytes in Z85.</param>
/// <param name="Offset">Where it starts in the file; null when absent, and inline.</param>
/// <param name="SizeInBytes">Bytes of the vector, without length and checksum.</param>
/// <param name="Cardinality">Number of rows that it deletes.</param>
public sealed record DeletionVectorDescriptor(string StorageType, string PathOrInlineDv, int? Offset, int SizeInBytes, long Cardinality)
{
    /// <summary>Tells the vector from others of the same data file: part of the key of a logical file.</summary>
    public string UniqueId => Offset is { } offset ? string.Create(CultureInfo.InvariantCulture, $"{StorageType}{PathOrInlineDv}@{offset}") : $"{StorageType}{PathOrInlineDv}";
}
