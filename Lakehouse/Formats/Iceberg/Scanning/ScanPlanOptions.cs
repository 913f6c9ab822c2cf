namespace Lakehouse.Formats.Iceberg;

/// <summary>How a scan is planned.</summary>
public sealed record ScanPlanOptions
{
    /// <summary>The schema whose column names the filter uses; null = the table's current one.</summary>
    public Schema? Schema { get; init; }

    /// <summary>Which manifests of data files are planned, by their place among those of the manifest list; null = all. Delete files of the others are still found.</summary>
    public ManifestRange? Manifests { get; init; }

    /// <summary>Keeps what was read for the next plan, when given. One cache for one store.</summary>
    public ManifestCache? Cache { get; init; }

    /// <summary>Counts what was read and pruned, when given.</summary>
    public ScanPlanReport? Report { get; init; }
}

/// <summary>A part of a snapshot's manifests of data files, in the order of its manifest list.</summary>
/// <param name="Start">First place.</param>
/// <param name="End">The place after the last.</param>
public readonly record struct ManifestRange(int Start, int End)
{
    /// <summary>Whether a place lies in it.</summary>
    public bool Holds(int place) => place >= Start && place < End;
}

/// <summary>What planning did, counted while it goes on. Delete files and their manifests are counted apart.</summary>
public sealed class ScanPlanReport
{
    private long manifests;
    private long manifestsRead;
    private long files;
    private long filesKept;
    private long deleteManifests;
    private long deleteManifestsRead;

    /// <summary>Manifests of data files that the snapshot has.</summary>
    public long Manifests => Interlocked.Read(ref manifests);

    /// <summary>Those of them that the filter could not rule out.</summary>
    public long ManifestsRead => Interlocked.Read(ref manifestsRead);

    /// <summary>Live data files of the snapshot; those of pruned manifests as the manifest list counts them.</summary>
    public long Files => Interlocked.Read(ref files);

    /// <summary>Data files that the filter could not rule out.</summary>
    public long FilesKept => Interlocked.Read(ref filesKept);

    /// <summary>Manifests of delete files that the snapshot has.</summary>
    public long DeleteManifests => Interlocked.Read(ref deleteManifests);

    /// <summary>Those of them that were read.</summary>
    public long DeleteManifestsRead => Interlocked.Read(ref deleteManifestsRead);

    internal void AddManifest(bool read)
    {
        Interlocked.Increment(ref manifests);
        Interlocked.Add(ref manifestsRead, read ? 1 : 0);
    }

    internal void AddDeleteManifest(bool read)
    {
        Interlocked.Increment(ref deleteManifests);
        Interlocked.Add(ref deleteManifestsRead, read ? 1 : 0);
    }

    internal void AddFiles(long live, long kept)
    {
        Interlocked.Add(ref files, live);
        Interlocked.Add(ref filesKept, kept);
    }
}
