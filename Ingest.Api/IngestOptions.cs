using Lakehouse.Storage;
using Microsoft.Extensions.Options;

namespace LakeAspire.Ingest;

/// <summary>What is taken in.</summary>
public sealed class IngestOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Ingest";

    /// <summary>Bytes that a file may have, decompressed. Default 1 GiB.</summary>
    public long MaxFileBytes { get; set; } = 1L << 30;

    /// <summary>Bytes that the events of one request may have, decompressed. Default 64 MiB.</summary>
    public long MaxEventsBytes { get; set; } = 64L << 20;

    /// <summary>Bytes that one event may have. Default 16 MiB.</summary>
    public int MaxLineBytes { get; set; } = 16 << 20;
}

internal sealed class ValidateIngestOptions : IValidateOptions<IngestOptions>
{
    public ValidateOptionsResult Validate(string? name, IngestOptions options)
    {
        (string Key, long Value)[] limits =
            [(nameof(options.MaxFileBytes), options.MaxFileBytes), (nameof(options.MaxEventsBytes), options.MaxEventsBytes), (nameof(options.MaxLineBytes), options.MaxLineBytes)];
        var problems = limits.Where(l => l.Value < 1).Select(l => $"{IngestOptions.SectionName}:{l.Key} must be at least 1").ToList();
        if (options.MaxLineBytes > 256 << 20)
        {
            problems.Add($"{IngestOptions.SectionName}:{nameof(options.MaxLineBytes)} must be at most {256 << 20}: an event is held in memory");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }
}

internal sealed class ValidateLandingOptions : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options) =>
        options.Problems(nameof(StorageOptions.Landing)) is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}
