using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Publishing;

/// <summary>How tables are published as Delta.</summary>
public sealed class PublishingOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Publishing";

    /// <summary>Whether tables are published at all; a table's property <c>lakeaspire.delta.publish</c> switches it off by itself. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Tables that are published at once. Default 2.</summary>
    public int Parallel { get; set; } = 2;

    /// <summary>How often the catalog is asked for commits when there was none. Default 500 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>For how long a table is held without a sign of life, in seconds. Default 60.</summary>
    public int LeaseSeconds { get; set; } = 60;

    /// <summary>The wait after a failure before a table is tried again, in seconds. Default 10.</summary>
    public int RetrySeconds { get; set; } = 10;

    /// <summary>Bytes that the engine's buffers may take while a checkpoint is made or deleted rows are found. Default 256 MiB.</summary>
    public long MemoryLimit { get; set; } = 256L << 20;
}

internal sealed class ValidatePublishingOptions : IValidateOptions<PublishingOptions>
{
    public ValidateOptionsResult Validate(string? name, PublishingOptions options)
    {
        (string Key, bool IsValid, string Rule)[] rules =
        [
            (nameof(options.Parallel), options.Parallel is >= 1 and <= 64, "must be between 1 and 64"),
            (nameof(options.PollInterval), options.PollInterval > TimeSpan.Zero, "must be longer than nothing"),
            (nameof(options.LeaseSeconds), options.LeaseSeconds is >= 3 and <= 3600, "must be between 3 and 3600"),
            (nameof(options.RetrySeconds), options.RetrySeconds is >= 1 and <= 3600, "must be between 1 and 3600"),
            (nameof(options.MemoryLimit), options.MemoryLimit >= 128 << 20, "must be at least 128 MiB"),
        ];
        var problems = rules.Where(r => !r.IsValid).Select(r => $"{PublishingOptions.SectionName}:{r.Key} {r.Rule}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}
