namespace Lakehouse.Formats.Iceberg;

/// <summary>The data files that a position delete file can be about, by the bounds of its paths, both in the form in which locations are compared.</summary>
internal sealed record PathRange(string Lower, string Upper)
{
    /// <summary>
    /// The range; null when it is not known. Paths may be spelled in several ways, of which the bounds show two: only where everything between them must be spelled alike do they say anything of other spellings.
    /// </summary>
    public static PathRange? Of(DataFile file)
    {
        if (file.LowerBounds?.GetValueOrDefault(DeleteScope.FilePathId) is not { } least || file.UpperBounds?.GetValueOrDefault(DeleteScope.FilePathId) is not { } greatest)
        {
            return null;
        }

        try
        {
            var (lower, upper) = ((string)SingleValue.FromBytes(IcebergType.String, least), (string)SingleValue.FromBytes(IcebergType.String, greatest));
            return Spelling(lower) is { } spelling && spelling == Spelling(upper) ? new PathRange(TableLocations.Normalize(lower), TableLocations.Normalize(upper)) : null;
        }
        catch (LakehouseException)
        {
            // Cut within a character.
            return null;
        }
    }

    /// <summary>Whether the file may have deletes of a data file.</summary>
    /// <param name="path">Normalized location of the data file.</param>
    public bool MayHold(string path) => SingleValue.Compare(Lower, path) <= 0 && SingleValue.Compare(path, Upper) <= 0;

    /// <summary>The beginning by which a spelling is known; null when a cut path does not show it.</summary>
    private static string? Spelling(string path)
    {
        if (path.StartsWith("file:///", StringComparison.Ordinal))
        {
            return path.Length > 8 && path[8] != '/' ? "file:///" : null;
        }

        if (path.StartsWith("file:/", StringComparison.Ordinal))
        {
            return path.Length > 6 && path[6] != '/' ? "file:/" : null;
        }

        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        return path.StartsWith('/') ? "/" : scheme > 0 && !path.StartsWith("file", StringComparison.OrdinalIgnoreCase) ? path[..scheme] : null;
    }
}
