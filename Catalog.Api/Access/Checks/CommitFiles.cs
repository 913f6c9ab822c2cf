using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using LakeAspire.Catalog.Commits;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>
/// What the manifests of a commit say. Those who read the table later, services with rights of their own among them, open every file that a manifest names: so a manifest names files of its own table only.
/// And that a snapshot appends is its writer's word: it does when all that was there is there still, as it was.
/// </summary>
internal static class CommitFiles
{
    /// <summary>What is wrong with the snapshots that a change adds.</summary>
    /// <param name="store">Where they lie.</param>
    /// <param name="change">The change.</param>
    /// <param name="before">The table as it was; null when it is created.</param>
    /// <param name="after">The table as it would be.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<CommitFilesFault> FaultAsync(IObjectStore store, TableChangeRequest change, TableMetadata? before, TableMetadata after, CancellationToken cancellationToken)
    {
        var fault = CommitFilesFault.None;
        foreach (var snapshot in change.Updates.OfType<AddSnapshot>().Select(update => update.Snapshot))
        {
            try
            {
                fault |= await FaultAsync(store, snapshot, before, after, cancellationToken);
            }
            catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData or LakehouseErrorKind.Unsupported or LakehouseErrorKind.Denied)
            {
                throw CatalogErrors.BadRequest(string.Create(CultureInfo.InvariantCulture, $"{change.Table}: the manifests of snapshot {snapshot.SnapshotId} cannot be read: {exception.Message}"));
            }
        }

        return fault;
    }

    static async Task<CommitFilesFault> FaultAsync(IObjectStore store, Snapshot snapshot, TableMetadata? before, TableMetadata after, CancellationToken cancellationToken)
    {
        var homes = new[] { after.Location, before?.Location, Folder(before, TableLocations.DataFolder), Folder(before, TableLocations.MetadataFolder) }.OfType<string>().Select(home => ObjectStores.Canonical(home).TrimEnd('/') + "/").ToList();
        bool IsHome(string path) => homes.Exists(home => ObjectStores.Canonical(path).StartsWith(home, StringComparison.Ordinal));

        var fault = snapshot.ManifestList is { } list && !IsHome(list) ? CommitFilesFault.Outside : CommitFilesFault.None;
        var parent = snapshot.ParentSnapshotId is { } id ? before?.SnapshotById(id) : null;
        var kept = (parent is null ? [] : await ManifestListReader.ReadAsync(store, parent, cancellationToken)).ToDictionary(manifest => manifest.ManifestPath, StringComparer.Ordinal);
        var added = new List<ManifestFile>();
        foreach (var manifest in await ListAsync(store, snapshot, cancellationToken))
        {
            if (!kept.Remove(manifest.ManifestPath, out var known))
            {
                added.Add(manifest);
            }
            else if (!IsSame(known, manifest))
            {
                fault |= CommitFilesFault.Changes;
            }
        }

        // What is left was rewritten, or let go.
        var rewritten = new HashSet<UInt128>();
        var paths = new HashSet<UInt128>();
        foreach (var manifest in kept.Values)
        {
            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, before!, cancellationToken))
            {
                if (entry.IsLive)
                {
                    rewritten.Add(DigestOf(entry));
                    paths.Add(Digest(entry.DataFile.FilePath));
                }
            }
        }

        foreach (var manifest in added)
        {
            if (!IsHome(manifest.ManifestPath))
            {
                return fault | CommitFilesFault.Outside;
            }

            await foreach (var entry in ManifestReader.ReadAsync(store, manifest, after, cancellationToken))
            {
                if (!IsHome(entry.DataFile.FilePath) && !paths.Contains(Digest(entry.DataFile.FilePath)))
                {
                    fault |= CommitFilesFault.Outside;
                }

                if (entry.IsLive && !rewritten.Remove(DigestOf(entry)) && (entry.DataFile.Content != FileContent.Data || entry.Status == ManifestEntryStatus.Existing))
                {
                    fault |= CommitFilesFault.Changes;
                }
            }
        }

        return rewritten.Count == 0 ? fault : fault | CommitFilesFault.Changes;
    }

    static string? Folder(TableMetadata? metadata, Func<TableMetadata, string> folder) => metadata is null ? null : folder(metadata);

    static Task<IReadOnlyList<ManifestFile>> ListAsync(IObjectStore store, Snapshot snapshot, CancellationToken cancellationToken) => ManifestListReader.ReadAsync(store, snapshot, cancellationToken);

    /// <summary>Whether readers take a manifest for what they took it for before.</summary>
    static bool IsSame(ManifestFile known, ManifestFile listed) =>
        (known.Content, known.PartitionSpecId, known.SequenceNumber, known.AddedSnapshotId, known.MayHaveLiveFiles) == (listed.Content, listed.PartitionSpecId, listed.SequenceNumber, listed.AddedSnapshotId, listed.MayHaveLiveFiles);

    static UInt128 DigestOf(ManifestEntry entry) => Digest(string.Create(
        CultureInfo.InvariantCulture, $"{entry.DataFile.FilePath}\n{(int)entry.DataFile.Content}\n{entry.SequenceNumber}\n{entry.DataFile.RecordCount}\n{entry.DataFile.ContentOffset}\n{entry.DataFile.ReferencedDataFile}"));

    static UInt128 Digest(string text) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

/// <summary>What is wrong with the files of a commit.</summary>
[Flags]
internal enum CommitFilesFault
{
    None = 0,

    /// <summary>Something lies outside of the table.</summary>
    Outside = 1,

    /// <summary>A snapshot does more than to add files to those of its parent.</summary>
    Changes = 2,
}
