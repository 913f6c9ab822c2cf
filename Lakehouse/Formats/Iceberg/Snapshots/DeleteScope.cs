namespace Lakehouse.Formats.Iceberg;

/// <summary>What a delete file is about, as far as its entry tells.</summary>
internal static class DeleteScope
{
    // Field id of file_path in position delete files (specification, "Reserved Field IDs").
    internal const int FilePathId = 2147483546;

    /// <summary>Whether it is a deletion vector. Some writers give the Puffin file another format name; the offset is what only a vector has.</summary>
    public static bool IsVector(DataFile file) => file.Content == FileContent.PositionDeletes && (file.FileFormat == "PUFFIN" || file.ContentOffset is not null);

    /// <summary>The one data file that a position delete file or vector is about, normalized: as it says itself, or by equal bounds of its paths; null = several, or not known.</summary>
    public static string? OnlyFile(DataFile file)
    {
        if (file.Content != FileContent.PositionDeletes)
        {
            return null;
        }

        if (file.ReferencedDataFile is { } path)
        {
            return TableLocations.Normalize(path);
        }

        // Bounds of paths may be cut; a cut upper bound differs from the lower one.
        return file.LowerBounds?.GetValueOrDefault(FilePathId) is { } lower && file.UpperBounds?.GetValueOrDefault(FilePathId) is { } upper && lower.AsSpan().SequenceEqual(upper)
            ? TableLocations.Normalize((string)SingleValue.FromBytes(IcebergType.String, lower))
            : null;
    }

    /// <summary>Identity of a file among the live ones of a branch.</summary>
    public static FileKey KeyOf(DataFile file) => new(TableLocations.Normalize(file.FilePath), file.ContentOffset);
}

/// <summary>Identity of a file: several vectors lie in one Puffin file.</summary>
/// <param name="Location">Normalized location.</param>
/// <param name="Offset">Offset of a vector.</param>
internal readonly record struct FileKey(string Location, long? Offset);
