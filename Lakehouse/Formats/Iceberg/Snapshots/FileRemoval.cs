namespace Lakehouse.Formats.Iceberg;

/// <summary>Which files of a branch a new snapshot removes.</summary>
internal abstract class FileRemoval
{
    /// <summary>Whether nothing is removed: no manifest has to be read for it.</summary>
    public abstract bool IsNone { get; }

    public abstract bool Removes(DataFile file);

    /// <summary>Whether a manifest has to be looked into.</summary>
    public abstract bool Concerns(ManifestFile manifest);

    /// <summary>Throws when a file that was to be removed was not there.</summary>
    public abstract void CheckAllFound();
}

internal sealed class KeepAll : FileRemoval
{
    public override bool IsNone => true;

    public override bool Removes(DataFile file) => false;

    public override bool Concerns(ManifestFile manifest) => false;

    public override void CheckAllFound()
    {
    }
}

internal sealed class RemoveAll : FileRemoval
{
    public override bool IsNone => false;

    public override bool Removes(DataFile file) => true;

    public override bool Concerns(ManifestFile manifest) => true;

    public override void CheckAllFound()
    {
    }
}

/// <summary>Removes data files by location.</summary>
internal sealed class RemoveFiles(IEnumerable<string> locations) : FileRemoval
{
    private readonly HashSet<string> missing = locations.Select(TableLocations.Normalize).ToHashSet(StringComparer.Ordinal);

    public override bool IsNone => missing.Count == 0;

    public override bool Removes(DataFile file) => file.Content == FileContent.Data && missing.Remove(TableLocations.Normalize(file.FilePath));

    public override bool Concerns(ManifestFile manifest) => manifest.Content == ManifestContent.Data && missing.Count > 0;

    public override void CheckAllFound()
    {
        if (missing.Count > 0)
        {
            throw new LakehouseException(LakehouseErrorKind.Conflict, $"{missing.Count} of the files to remove are not part of the table any more, among them {missing.First()}");
        }
    }
}
