using Lakehouse.Storage;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Landing;

/// <summary>How landing files are loaded into bronze.</summary>
public sealed class LandingOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Loading";

    /// <summary>How often the landing zone is looked at. Default 250 ms.</summary>
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Files in one commit. Default 256.</summary>
    public int MaxFiles { get; set; } = 256;

    /// <summary>Bytes of landing files in one commit, as far as files are not larger by themselves. Default 512 MiB.</summary>
    public long MaxBytes { get; set; } = 512L << 20;

    /// <summary>Bytes that the engine's buffers may take during a load. Default 768 MiB.</summary>
    public long MemoryLimit { get; set; } = 768L << 20;

    /// <summary>The longest wait after a failure, for instance while the catalog is away. Default 15 s.</summary>
    public TimeSpan MaxBackOff { get; set; } = TimeSpan.FromSeconds(15);
}

internal sealed class ValidateLandingOptions : IValidateOptions<LandingOptions>
{
    public ValidateOptionsResult Validate(string? name, LandingOptions options)
    {
        (string Key, bool IsValid, string Rule)[] rules =
        [
            (nameof(options.PollInterval), options.PollInterval > TimeSpan.Zero, "must be longer than nothing"),
            (nameof(options.MaxFiles), options.MaxFiles > 0, "must be at least 1"),
            (nameof(options.MaxBytes), options.MaxBytes > 0, "must be at least 1"),
            (nameof(options.MemoryLimit), options.MemoryLimit >= 128 << 20, "must be at least 128 MiB"),
            (nameof(options.MaxBackOff), options.MaxBackOff > TimeSpan.Zero, "must be longer than nothing"),
        ];
        var problems = rules.Where(r => !r.IsValid).Select(r => $"{LandingOptions.SectionName}:{r.Key} {r.Rule}").ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}

internal sealed class ValidateWorkerStorage : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options) =>
        options.Problems(nameof(StorageOptions.Warehouse), nameof(StorageOptions.Landing), nameof(StorageOptions.Scratch)) is { Count: > 0 } problems
            ? ValidateOptionsResult.Fail(problems)
            : ValidateOptionsResult.Success;
}
