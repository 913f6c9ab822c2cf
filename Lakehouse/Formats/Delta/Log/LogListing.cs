using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Log;

/// <summary>A whole checkpoint: one file, or all parts of one.</summary>
sealed record Checkpoint(long Version, IReadOnlyList<ObjectInfo> Files, bool IsJson);

/// <summary>A log compaction file.</summary>
sealed record Compaction(long Start, long End, ObjectInfo File);

/// <summary>
/// What lies in <c>_delta_log</c>. The folder itself tells the newest checkpoint; <c>_last_checkpoint</c>, which may be stale, broken or missing, is not looked at.
/// </summary>
sealed class LogListing
{
    LogListing(string location) => Location = location;

    /// <summary>Location of the table.</summary>
    public string Location { get; }

    public SortedDictionary<long, ObjectInfo> Commits { get; } = [];

    /// <summary>Complete checkpoints, oldest first; of one version the preferred one last.</summary>
    public List<Checkpoint> Checkpoints { get; } = [];

    public List<Compaction> Compactions { get; } = [];

    public bool IsEmpty => Commits.Count == 0 && Checkpoints.Count == 0;

    /// <summary>Newest version of the table.</summary>
    public long Latest => Math.Max(Commits.Count > 0 ? Commits.Keys.Last() : -1, Checkpoints.Count > 0 ? Checkpoints[^1].Version : -1);

    public static async Task<LogListing> ReadAsync(IObjectStore store, string location, CancellationToken cancellationToken)
    {
        var listing = new LogListing(location);
        var prefix = $"{location}/_delta_log/";
        var parts = new Dictionary<(long Version, int Parts), ObjectInfo?[]>();
        await foreach (var file in store.ListAsync(prefix, cancellationToken))
        {
            var name = file.Location[(file.Location.LastIndexOf('/') + 1)..];
            if (file.Location.AsSpan(0, file.Location.Length - name.Length).EndsWith("/_delta_log/") && LogFile.Parse(name) is { } parsed)
            {
                listing.Add(parsed, file, parts);
            }
        }

        foreach (var ((version, _), files) in parts)
        {
            // A part that is missing makes the checkpoint one that isn't there.
            if (files.All(file => file is not null))
            {
                listing.Checkpoints.Add(new Checkpoint(version, [.. files.Select(file => file!)], IsJson: false));
            }
        }

        listing.Checkpoints.Sort((a, b) => a.Version != b.Version ? a.Version.CompareTo(b.Version) : b.Files.Count.CompareTo(a.Files.Count));
        return listing;
    }

    void Add(LogFile parsed, ObjectInfo file, Dictionary<(long Version, int Parts), ObjectInfo?[]> parts)
    {
        switch (parsed.Kind)
        {
            case LogFileKind.Commit:
                Commits[parsed.Version] = file;
                break;
            case LogFileKind.Compaction:
                Compactions.Add(new Compaction(parsed.Version, parsed.EndVersion, file));
                break;
            case LogFileKind.CheckpointPart:
                // As many parts as a name claims are not worth an array before they are seen.
                const int MostParts = 100_000;
                if (parsed.Parts <= MostParts)
                {
                    var key = (parsed.Version, parsed.Parts);
                    (parts.TryGetValue(key, out var files) ? files : parts[key] = new ObjectInfo?[parsed.Parts])[parsed.Part - 1] = file;
                }

                break;
            default:
                Checkpoints.Add(new Checkpoint(parsed.Version, [file], parsed.IsJson));
                break;
        }
    }
}
