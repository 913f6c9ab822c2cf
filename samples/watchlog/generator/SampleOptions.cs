namespace LakeAspire.Samples.WatchLog;

/// <summary>What the sample is to be.</summary>
public sealed class SampleOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Sample";

    /// <summary>Events in the month. Default 600,000, about 100 MB.</summary>
    public long Events { get; set; } = 600_000;

    /// <summary>Chooses among the possible months. Default 20220401.</summary>
    public int Seed { get; set; } = 20220401;

    /// <summary>Folder to write the daily files to, in place of sending them to Ingest.Api.</summary>
    public string? Output { get; set; }

    /// <summary>Data folder of the installation; a mark in it keeps later starts from sending the month again. Optional.</summary>
    public string? DataDir { get; set; }
}
