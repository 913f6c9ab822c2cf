namespace Lakehouse.Formats.Iceberg;

/// <summary>Refuses what is encrypted (specification, "Encryption Keys"): its metadata is understood and kept, its files can't be read.</summary>
internal static class Encryption
{
    public static void Refuse(Snapshot snapshot)
    {
        if (snapshot.KeyId is { } key)
        {
            throw LakehouseException.Unsupported($"snapshot {snapshot.SnapshotId}: its manifest list is encrypted with key \"{key}\": encrypted tables are not supported");
        }
    }

    public static void Refuse(ManifestFile manifest)
    {
        if (manifest.KeyMetadata is { Length: > 0 })
        {
            throw LakehouseException.Unsupported($"manifest {manifest.ManifestPath}: it is encrypted (key_metadata): encrypted tables are not supported");
        }
    }

    public static void Refuse(DataFile file)
    {
        if (file.KeyMetadata is { Length: > 0 })
        {
            throw LakehouseException.Unsupported($"{file.FilePath}: it is encrypted (key_metadata): encrypted tables are not supported");
        }
    }
}
