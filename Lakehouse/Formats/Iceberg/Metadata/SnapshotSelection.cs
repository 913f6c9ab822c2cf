using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Finds the snapshot that is meant, and the schema that goes with it.</summary>
public static class SnapshotSelection
{
    private const int Shown = 8;

    /// <summary>Finds a snapshot.</summary>
    /// <exception cref="LakehouseException">NotFound: there is none; the message says what there is.</exception>
    public static SelectedSnapshot Select(TableMetadata metadata, SnapshotSelector? selector = null)
    {
        switch (selector ?? SnapshotSelector.Newest)
        {
            case SnapshotSelector.Current:
                return new SelectedSnapshot(metadata.CurrentSnapshot, metadata.CurrentSchema);
            case SnapshotSelector.ById(var id):
                return Own(metadata, metadata.SnapshotById(id) ?? throw NotFound($"there is no snapshot {Text(id)}", Snapshots(metadata)));
            case SnapshotSelector.ByRef(var name):
                return Ref(metadata, name);
            case SnapshotSelector.AsOf(var time):
                return Own(metadata, At(metadata, time));
            case SnapshotSelector.ByVersion(var number):
                return Own(metadata, Version(metadata, number));
            default:
                throw new ArgumentException($"{selector} is no known selector", nameof(selector));
        }
    }

    private static SelectedSnapshot Own(TableMetadata metadata, Snapshot snapshot) => new(snapshot, metadata.SchemaOf(snapshot));

    private static SelectedSnapshot Ref(TableMetadata metadata, string name)
    {
        if (metadata.Refs.TryGetValue(name, out var reference))
        {
            var snapshot = metadata.SnapshotById(reference.SnapshotId);
            return reference.Type == SnapshotRefType.Tag && snapshot is not null ? Own(metadata, snapshot) : new SelectedSnapshot(snapshot, metadata.CurrentSchema);
        }

        if (name == SnapshotRef.Main)
        {
            return new SelectedSnapshot(null, metadata.CurrentSchema);
        }

        var nearest = metadata.Refs.Keys.OrderBy(other => Distance(name, other)).Take(Shown).ToList();
        throw NotFound($"there is no branch or tag \"{name}\"", nearest.Count == 0 ? "the table has none" : $"nearest: {string.Join(", ", nearest)}");
    }

    private static Snapshot At(TableMetadata metadata, DateTimeOffset time)
    {
        var ms = time.ToUnixTimeMilliseconds();
        var log = Log(metadata);
        if (log.LastOrDefault(entry => entry.TimestampMs <= ms) is not { } current)
        {
            throw NotFound($"there is no snapshot as of {time.UtcDateTime:O}", log.Count == 0 ? "the table has none" : $"the oldest known is of {Time(log[0].TimestampMs)}");
        }

        return metadata.SnapshotById(current.SnapshotId)
            ?? throw NotFound($"the snapshot as of {time.UtcDateTime:O}, {Text(current.SnapshotId)}, has expired", Snapshots(metadata));
    }

    // The log is optional; the ancestors of the current snapshot say nearly the same.
    private static IReadOnlyList<SnapshotLogEntry> Log(TableMetadata metadata) => metadata.SnapshotLog.Count > 0
        ? [.. metadata.SnapshotLog.OrderBy(entry => entry.TimestampMs)]
        : [.. metadata.Ancestors(metadata.CurrentSnapshot).Select(snapshot => new SnapshotLogEntry(snapshot.TimestampMs, snapshot.SnapshotId)).OrderBy(entry => entry.TimestampMs)];

    private static Snapshot Version(TableMetadata metadata, long number)
    {
        if (metadata.FormatVersion == 1)
        {
            throw LakehouseException.Unsupported("a table of format 1 has no sequence numbers: choose a snapshot by id, name or time");
        }

        // The snapshots from before an upgrade share number 0.
        return metadata.Snapshots.Where(snapshot => snapshot.SequenceNumber == number).Take(2).ToList() switch
        {
            [var only] => only,
            [] => throw NotFound($"there is no snapshot with sequence number {Text(number)}", Snapshots(metadata)),
            _ => throw NotFound($"sequence number {Text(number)} does not tell one snapshot from another", Snapshots(metadata)),
        };
    }

    private static string Snapshots(TableMetadata metadata)
    {
        var newest = metadata.Snapshots.OrderByDescending(snapshot => snapshot.TimestampMs).Take(Shown).ToList();
        var rest = metadata.Snapshots.Count - newest.Count;
        return newest.Count == 0
            ? "the table has none"
            : $"there are {string.Join(", ", newest.Select(snapshot => $"{Text(snapshot.SnapshotId)} (sequence number {Text(snapshot.SequenceNumber)}, {Time(snapshot.TimestampMs)})"))}{(rest > 0 ? $" and {Text(rest)} older" : "")}";
    }

    private static int Distance(string left, string right)
    {
        // Names are short; a long one is compared by its beginning.
        var (a, b) = (left[..Math.Min(left.Length, 100)], right[..Math.Min(right.Length, 100)]);
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    private static string Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(ms, -62_135_596_800_000, 253_402_300_799_999)).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static LakehouseException NotFound(string what, string instead) => new(LakehouseErrorKind.NotFound, $"{what}; {instead}");
}
