using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Upkeep;

/// <summary>How this worker looks after tables.</summary>
public sealed class UpkeepServiceOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Upkeep";

    /// <summary>Whether it does so by itself; requests are served either way. A table's property <c>lakeaspire.upkeep.enabled</c> switches it off for that table. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>The time after the start in which nothing is done unasked: there is more urgent work then. Default 1 minute.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often tables that had commits are looked at. Default 15 s.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often a table's folder is searched for files that nothing refers to. Default once a day.</summary>
    public TimeSpan OrphanInterval { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How often the catalog is asked for requests. Default 1 s.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Megabytes of data files that one round rewrites at most in one table; a first group is rewritten whatever it weighs. Default 2048.</summary>
    public int MaxMegabytes { get; set; } = 2048;

    /// <summary>Megabytes that the engine's buffers may take while it rewrites; what does not fit is spilled to the scratch folder. Default 512.</summary>
    public int MemoryMegabytes { get; set; } = 512;

    /// <summary>Threads that rewrite; 1 by default, so that queries and pipelines have the rest.</summary>
    public int Threads { get; set; } = 1;
}

internal sealed class ValidateUpkeepOptions : IValidateOptions<UpkeepServiceOptions>
{
    public ValidateOptionsResult Validate(string? name, UpkeepServiceOptions options)
    {
        (string Key, bool IsValid, string Rule)[] rules =
        [
            (nameof(options.Delay), options.Delay >= TimeSpan.Zero, "must not be negative"),
            (nameof(options.Interval), options.Interval > TimeSpan.Zero, "must be longer than nothing"),
            (nameof(options.OrphanInterval), options.OrphanInterval > TimeSpan.Zero, "must be longer than nothing"),
            (nameof(options.PollInterval), options.PollInterval > TimeSpan.Zero, "must be longer than nothing"),
            (nameof(options.MaxMegabytes), options.MaxMegabytes >= 1, "must be at least 1"),
            (nameof(options.MemoryMegabytes), options.MemoryMegabytes >= 128, "must be at least 128"),
            (nameof(options.Threads), options.Threads is >= 1 and <= 256, "must be between 1 and 256"),
        ];
        var problems = rules.Where(rule => !rule.IsValid).Select(rule => $"{UpkeepServiceOptions.SectionName}:{rule.Key} {rule.Rule}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
