using System.Globalization;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Log;
using Lakehouse.Formats.Delta.Replay;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta;

/// <summary>
/// When versions were committed, in milliseconds since 1970-01-01 UTC: by the time in the commit from the version on that enabled it (PROTOCOL.md, "In-Commit Timestamps"), by the time of the file before;
/// the times of files are moved where needed so that they grow from version to version.
/// </summary>
sealed class CommitTimes
{
    readonly IObjectStore store;
    readonly LogListing log;
    readonly long enabledFrom;
    readonly long? enabledAt;
    readonly SortedDictionary<long, long> fileTimes = [];
    readonly Dictionary<long, long> commitTimes = [];

    /// <param name="store">Where the log lies.</param>
    /// <param name="log">The log.</param>
    /// <param name="metadata">Metadata of the newest version.</param>
    public CommitTimes(IObjectStore store, LogListing log, MetadataAction metadata)
    {
        this.store = store;
        this.log = log;
        enabledFrom = long.MaxValue;
        if (DeltaSnapshot.IsTrue(metadata, "delta.enableInCommitTimestamps"))
        {
            enabledFrom = Number(metadata, "delta.inCommitTimestampEnablementVersion") ?? 0;
            enabledAt = Number(metadata, "delta.inCommitTimestampEnablementTimestamp");
        }

        var last = long.MinValue;
        foreach (var (version, file) in log.Commits.Where(commit => commit.Key < enabledFrom))
        {
            last = Math.Max(file.LastModified.ToUnixTimeMilliseconds(), last == long.MinValue ? last : last + 1);
            fileTimes[version] = last;
        }
    }

    /// <summary>When a version was committed.</summary>
    /// <exception cref="LakehouseException">InvalidData: the log does not say.</exception>
    public Task<long> OfAsync(long version, CancellationToken cancellationToken) => OfAsync(version, null, cancellationToken);

    /// <summary>As <see cref="OfAsync(long, CancellationToken)"/>, of a version whose commit was read already.</summary>
    public async Task<long> OfAsync(long version, CommitInfo? known, CancellationToken cancellationToken)
    {
        if (fileTimes.TryGetValue(version, out var time) || commitTimes.TryGetValue(version, out time))
        {
            return time;
        }

        if (!log.Commits.TryGetValue(version, out var file))
        {
            throw LakehouseException.InvalidData($"The time of version {version} of the Delta table {log.Location} is not known: its commit is not in the log any more.");
        }

        var info = known ?? await CommitInfoReader.ReadAsync(store, file.Location, cancellationToken);
        return commitTimes[version] = info?.InCommitTimestamp ?? throw LakehouseException.InvalidData($"{file.Location}: has no inCommitTimestamp, which the table's properties promise");
    }

    /// <summary>The newest version that was committed at a time or before.</summary>
    /// <exception cref="LakehouseException">NotFound: the time lies before the first version that the log still has, or after the newest.</exception>
    public async Task<long> VersionAtAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        // A commit counts in whole milliseconds, and a time within one comes after it.
        var wanted = (long)Math.Floor((at.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / (double)TimeSpan.TicksPerMillisecond);
        var versions = log.Commits.Keys.ToArray();
        if (versions.Length == 0)
        {
            throw new LakehouseException(LakehouseErrorKind.NotFound, $"The Delta table {log.Location} has no commit in its log any more, so no version can be found by time.");
        }

        var newest = await OfAsync(versions[^1], cancellationToken);
        if (Ticks(at) > Milliseconds(newest))
        {
            throw new LakehouseException(LakehouseErrorKind.NotFound, $"The time {Text(at)} lies after the newest version of the Delta table {log.Location}, {versions[^1]} of {Text(newest)}.");
        }

        var candidates = enabledAt is not { } start ? versions : [.. versions.Where(version => wanted >= start ? version >= enabledFrom : version < enabledFrom)];
        var (low, high) = (0, candidates.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (await OfAsync(candidates[middle], cancellationToken) <= wanted)
            {
                low = middle + 1;
            }
            else
            {
                high = middle - 1;
            }
        }

        return high >= 0
            ? candidates[high]
            : throw new LakehouseException(LakehouseErrorKind.NotFound, $"The time {Text(at)} lies before the oldest version that the log of the Delta table {log.Location} still has, {versions[0]}.");
    }

    /// <summary>A time of this class as an instant.</summary>
    public static DateTimeOffset Instant(long time) => DateTimeOffset.FromUnixTimeMilliseconds(Clamp(time));

    static long Ticks(DateTimeOffset at) => at.UtcTicks;

    static long Milliseconds(long time) => DateTimeOffset.FromUnixTimeMilliseconds(Clamp(time)).UtcTicks;

    static long Clamp(long time) => Math.Clamp(time, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());

    static string Text(long time) => Text(DateTimeOffset.FromUnixTimeMilliseconds(Clamp(time)));

    static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    static long? Number(MetadataAction metadata, string property) =>
        metadata.Configuration.TryGetValue(property, out var text) ? long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw LakehouseException.InvalidData($"The property {property} is \"{text}\", not a number.") : null;
}
