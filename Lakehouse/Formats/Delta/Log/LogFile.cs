using System.Globalization;

namespace Lakehouse.Formats.Delta.Log;

/// <summary>What kind of file of the log a name stands for.</summary>
enum LogFileKind
{
    Commit,
    Compaction,
    Checkpoint,
    CheckpointPart,
    CheckpointV2,
}

/// <summary>A file of <c>_delta_log</c>, read from its name (PROTOCOL.md, "Delta Log Entries", "Checkpoints", "Log Compaction Files").</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Version">Version of the table; of a compaction the first.</param>
/// <param name="EndVersion">Last version of a compaction; else as <paramref name="Version"/>.</param>
/// <param name="Part">Number of a part, from 1; else 0.</param>
/// <param name="Parts">Number of parts; else 0.</param>
/// <param name="IsJson">Whether a V2 checkpoint is JSON.</param>
readonly record struct LogFile(LogFileKind Kind, long Version, long EndVersion, int Part = 0, int Parts = 0, bool IsJson = false)
{
    const int VersionDigits = 20;

    /// <summary>Parses a name directly below <c>_delta_log</c>; null for names that mean nothing here.</summary>
    public static LogFile? Parse(string name)
    {
        var parts = name.Split('.');
        if (parts.Length < 2 || parts[0].Length != VersionDigits || !Number(parts[0], out var version))
        {
            return null;
        }

        return parts[1..] switch
        {
            ["json"] => new LogFile(LogFileKind.Commit, version, version),
            [var end, "compacted", "json"] when end.Length == VersionDigits && Number(end, out var last) && last > version => new LogFile(LogFileKind.Compaction, version, last),
            ["checkpoint", "parquet"] => new LogFile(LogFileKind.Checkpoint, version, version),
            ["checkpoint", var part, var of, "parquet"] when Number(part, out var p) && Number(of, out var n) && p >= 1 && p <= n && n <= int.MaxValue =>
                new LogFile(LogFileKind.CheckpointPart, version, version, (int)p, (int)n),
            ["checkpoint", var id, "json" or "parquet"] when Guid.TryParse(id, out _) => new LogFile(LogFileKind.CheckpointV2, version, version, IsJson: parts[^1] == "json"),
            _ => null,
        };
    }

    static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
