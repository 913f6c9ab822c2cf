using System.Runtime.CompilerServices;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Sources.Landing;

/// <summary>
/// Files that were received and are not yet in a table. For each stream, below the store's root:
/// <code>
/// _streams/&lt;stream&gt;                       the stream exists
/// &lt;stream&gt;/data/&lt;id&gt;-&lt;attempt&gt;.&lt;format&gt;    the bytes, durable first; each attempt to send a file has its own
/// &lt;stream&gt;/pending/&lt;id&gt;.json              the manifest, put if absent: from here on the file counts
/// &lt;stream&gt;/accepted/&lt;id&gt;.json             the manifest again, kept for retries and for the list of files
/// &lt;stream&gt;/unreadable/&lt;id&gt;.&lt;format&gt;       files too big to be quarantined within a row
/// </code>
/// </summary>
/// <param name="store">Store whose root is the landing zone.</param>
public sealed class LandingZone(IObjectStore store)
{
    const string Streams = "_streams/";

    /// <summary>The store.</summary>
    public IObjectStore Store => store;

    /// <summary>Location of a landing file's bytes.</summary>
    public string DataLocation(LandingManifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return $"{store.Root}/{manifest.Stream}/{manifest.Data}";
    }

    /// <summary>A name for the bytes of one attempt to send a file, relative to the stream's folder.</summary>
    public static string NewDataName(string id, LandingFormat format) =>
        $"data/{id}-{Random.Shared.Next():x8}.{format.ToString().ToLowerInvariant()}";

    /// <summary>Makes a file count whose bytes are there already; leaves it as it is when one of that id counts.</summary>
    /// <returns>The manifest that counts: the given one, or the earlier.</returns>
    public async Task<LandingManifest> AcceptAsync(LandingManifest manifest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        await store.PutIfAbsentAsync($"{store.Root}/{Streams}{manifest.Stream}", Stream.Null, cancellationToken);
        if (!LandingId.CanComeAgain(manifest.Id))
        {
            await store.PutIfAbsentAsync(PendingLocation(manifest), new MemoryStream(manifest.ToJson()), cancellationToken);
            return manifest;
        }

        if (await FindAsync(manifest.Stream, manifest.Id, cancellationToken) is { } earlier)
        {
            return earlier;
        }

        if (await store.PutIfAbsentAsync(PendingLocation(manifest), new MemoryStream(manifest.ToJson()), cancellationToken) == PutOutcome.Exists)
        {
            if (await FindAsync(manifest.Stream, manifest.Id, cancellationToken) is { } winner)
            {
                return winner;
            }

            // The winner was loaded between the two looks, and its sender died before it noted the answer. Loaded again, it will be known by its id.
            await store.PutIfAbsentAsync(PendingLocation(manifest), new MemoryStream(manifest.ToJson()), cancellationToken);
        }

        await store.PutIfAbsentAsync(AcceptedLocation(manifest.Stream, manifest.Id), new MemoryStream(manifest.ToJson()), cancellationToken);
        return manifest;
    }

    /// <summary>The manifest of a file that was accepted, loaded since or not; null when there is none of that id.</summary>
    public async Task<LandingManifest?> FindAsync(string stream, string id, CancellationToken cancellationToken = default) =>
        await ReadAsync(AcceptedLocation(stream, id), cancellationToken) ?? await ReadAsync($"{store.Root}/{stream}/pending/{id}.json", cancellationToken);

    /// <summary>The streams that have or had files, in order.</summary>
    public async Task<IReadOnlyList<StreamName>> StreamsAsync(CancellationToken cancellationToken = default)
    {
        var prefix = $"{store.Root}/{Streams}";
        var names = new List<StreamName>();
        await foreach (var item in store.ListAsync(prefix, cancellationToken))
        {
            if (StreamName.TryParse(item.Location[prefix.Length..], out var name))
            {
                names.Add(name);
            }
        }

        return names;
    }

    /// <summary>The files of a stream that were accepted, in the order of their ids, from the one behind <paramref name="after"/> on.</summary>
    public async IAsyncEnumerable<LandingManifest> AcceptedAsync(StreamName stream, string? after = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in store.ListAsync($"{store.Root}/{stream}/accepted/", cancellationToken))
        {
            var isBehind = after is null || string.CompareOrdinal(item.Location, AcceptedLocation(stream.Value, after)) > 0;
            if (isBehind && await ReadAsync(item.Location, cancellationToken) is { } manifest)
            {
                yield return manifest;
            }
        }
    }

    /// <summary>Whether a file waits to be loaded.</summary>
    public async Task<bool> IsPendingAsync(LandingManifest manifest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return await store.StatAsync(PendingLocation(manifest), cancellationToken) is not null;
    }

    /// <summary>The oldest files of a stream that wait to be loaded, in the order in which they were accepted, up to the limits; at least one if there is any.</summary>
    public async Task<PendingFiles> PendingAsync(StreamName stream, LandingLimits limits, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(limits);
        var waiting = new List<ObjectInfo>();
        await foreach (var item in store.ListAsync($"{store.Root}/{stream}/pending/", cancellationToken))
        {
            waiting.Add(item);
        }

        waiting.Sort((a, b) => (a.LastModified, a.Location).CompareTo((b.LastModified, b.Location)));
        var batch = new List<LandingManifest>();
        var unreadable = new List<string>();
        var bytes = 0L;
        foreach (var item in waiting)
        {
            LandingManifest? manifest;
            try
            {
                manifest = await ReadAsync(item.Location, cancellationToken);
            }
            catch (LakehouseException e) when (e.Kind == LakehouseErrorKind.InvalidData)
            {
                unreadable.Add(item.Location);
                continue;
            }

            if (manifest is null)
            {
                continue;
            }

            bytes += manifest.Size;
            if (batch.Count > 0 && (batch.Count >= limits.Files || bytes > limits.Bytes))
            {
                break;
            }

            batch.Add(manifest);
        }

        return new PendingFiles(batch, waiting.Count, unreadable);
    }

    /// <summary>
    /// Deletes bytes that no manifest names (their sender, or the worker that removed them, died in between) and the answers to idempotency keys, all once they are older than
    /// <paramref name="before"/>. The answers to named files stay: a name is for ever.
    /// </summary>
    /// <returns>Objects deleted.</returns>
    public async Task<int> SweepAsync(StreamName stream, DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        var folder = $"{store.Root}/{stream}/";
        var pending = new HashSet<string>(StringComparer.Ordinal);
        var old = new List<(string Location, string Id)>();
        await foreach (var item in store.ListAsync(folder, cancellationToken))
        {
            var name = item.Location[folder.Length..];
            var id = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..].Split('-', '.')[0];
            if (name.StartsWith("pending/", StringComparison.Ordinal))
            {
                pending.Add(id);
            }
            else if (item.LastModified < before && (name.StartsWith("data/", StringComparison.Ordinal)
                || (name.StartsWith("accepted/", StringComparison.Ordinal) && !LandingId.IsOfFile(id))))
            {
                old.Add((item.Location, id));
            }
        }

        old.RemoveAll(o => pending.Contains(o.Id));
        foreach (var (location, _) in old)
        {
            await store.DeleteAsync(location, cancellationToken);
        }

        return old.Count;
    }

    /// <summary>Moves the bytes of a file aside that can be read neither now nor later, and that are too many for a row of the quarantine.</summary>
    /// <returns>Their new location.</returns>
    public async Task<string> SetAsideAsync(LandingManifest manifest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var location = $"{store.Root}/{manifest.Stream}/unreadable/{manifest.Id}.{manifest.Format.ToString().ToLowerInvariant()}";
        await using var bytes = await store.OpenReadAsync(DataLocation(manifest), cancellationToken: cancellationToken);
        await store.PutIfAbsentAsync(location, bytes, cancellationToken);
        return location;
    }

    /// <summary>Gives a file that waits another id.</summary>
    public async Task RenameAsync(LandingManifest manifest, LandingManifest renamed, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(renamed);
        await store.PutIfAbsentAsync(PendingLocation(renamed), new MemoryStream(renamed.ToJson()), cancellationToken);
        await store.DeleteAsync(PendingLocation(manifest), cancellationToken);
    }

    /// <summary>Forgets a file that is in the table now. Bytes whose manifest is gone do no harm if a crash leaves them; see <see cref="SweepAsync"/>.</summary>
    public async Task RemoveAsync(LandingManifest manifest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        await store.DeleteAsync(PendingLocation(manifest), cancellationToken);
        await store.DeleteAsync(DataLocation(manifest), cancellationToken);
    }

    string PendingLocation(LandingManifest manifest) => $"{store.Root}/{manifest.Stream}/pending/{manifest.Id}.json";

    string AcceptedLocation(string stream, string id) => $"{store.Root}/{stream}/accepted/{id}.json";

    async Task<LandingManifest?> ReadAsync(string location, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await store.OpenReadAsync(location, cancellationToken: cancellationToken);
            return await LandingManifest.ReadAsync(stream, location, cancellationToken);
        }
        catch (LakehouseException e) when (e.Kind == LakehouseErrorKind.NotFound)
        {
            return null;
        }
    }
}

/// <summary>How much is loaded at once.</summary>
/// <param name="Files">Files.</param>
/// <param name="Bytes">Bytes.</param>
public sealed record LandingLimits(int Files, long Bytes);

/// <summary>Files that wait to be loaded.</summary>
/// <param name="Files">The next ones.</param>
/// <param name="Waiting">How many wait in all.</param>
/// <param name="Unreadable">Locations of manifests that are none.</param>
public sealed record PendingFiles(IReadOnlyList<LandingManifest> Files, int Waiting, IReadOnlyList<string> Unreadable);
