using System.Globalization;

namespace LakeAspire.AppHost.Options;

/// <summary>What the AppHost was asked for.</summary>
internal sealed record LakeOptions
{
    public const int DefaultBasePort = 5080;
    const int PortCount = 9;

    public string? DataDir { get; init; }

    /// <summary>0 for free ports.</summary>
    public int BasePort { get; init; } = DefaultBasePort;

    /// <summary>Name of the sample; null for none.</summary>
    public string? Sample { get; init; } = "watchlog";

    public long SampleEvents { get; init; } = 600_000;

    public bool Dashboard { get; init; } = true;

    /// <summary>Null for the data folder.</summary>
    public StoreOption? Store { get; init; }

    /// <summary>AES256 or aws:kms; null for the bucket's own.</summary>
    public string? StoreEncryption { get; init; }

    public string? StoreKmsKey { get; init; }

    /// <summary>GiB.</summary>
    public long StoreCache { get; init; } = 32;

    public bool Help { get; init; }

    /// <summary>Arguments for the application host itself.</summary>
    public IReadOnlyList<string> HostArguments { get; init; } = [];

    public bool IsPublish => HostArguments.Any(a => a is "--publisher" or "--operation");

    /// <summary>Reads environment and arguments; arguments win.</summary>
    /// <exception cref="OptionException">Something is not understood.</exception>
    public static LakeOptions Read(IReadOnlyList<string> args, Func<string, string?> environment)
    {
        var options = new LakeOptions();
        foreach (var option in LakeOption.All)
        {
            if (environment(option.Variable) is { Length: > 0 } value)
            {
                options = options.With(option, value, source: option.Variable);
            }
        }

        var rest = new Queue<string>(args);
        while (rest.TryDequeue(out var arg))
        {
            if (arg is "--help" or "-h" or "-?")
            {
                return options with { Help = true };
            }

            var (flag, inline) = arg.Split('=', 2) is [var before, var after] ? (before, after) : (arg, null);
            if (LakeOption.All.FirstOrDefault(o => o.Flag == flag) is { } option)
            {
                options = options.With(option, option.Value is null ? inline ?? "true" : inline ?? ValueOf(flag, option, rest), source: flag);
            }
            else if (LakeOption.OfHost.FirstOrDefault(o => o.Flag == flag) is { } hostOption)
            {
                options = options with { HostArguments = [.. options.HostArguments, flag, inline ?? ValueOf(flag, hostOption, rest)] };
            }
            else
            {
                throw new OptionException(Suggestion.For(flag));
            }
        }

        return options;
    }

    static string ValueOf(string flag, LakeOption option, Queue<string> rest) =>
        rest.TryPeek(out var next) && !next.StartsWith("--", StringComparison.Ordinal) ? rest.Dequeue() : throw new OptionException($"{flag} needs a value: {flag} {option.Value}.");

    LakeOptions With(LakeOption option, string value, string source)
    {
        if (option == LakeOption.DataDir)
        {
            return value.Length > 0 ? this with { DataDir = value } : throw new OptionException($"{source} needs a folder: {source} PATH.");
        }

        if (option == LakeOption.BasePort)
        {
            return this with { BasePort = (int)Number(value, source, max: 65536 - PortCount, "0 for free ports, or the first of nine ports") };
        }

        if (option == LakeOption.SampleEvents)
        {
            return this with { SampleEvents = Number(value, source, max: 1_000_000_000_000, "a count of events") };
        }

        if (option == LakeOption.Sample)
        {
            return value is "watchlog" or "none" ? this with { Sample = value == "none" ? null : value } : throw new OptionException($"There is no sample '{value}': {source} is watchlog or none.");
        }

        if (option == LakeOption.Store)
        {
            return this with { Store = StoreOption.Parse(value, source) };
        }

        if (option == LakeOption.StoreEncryption)
        {
            var (method, key) = value.Split('=', 2) is [var before, var after] ? (before, after) : (value, null);
            return (method, key) is ("AES256", null) or ("aws:kms", not "")
                ? this with { StoreEncryption = method, StoreKmsKey = key }
                : throw new OptionException($"{source} is AES256, aws:kms or aws:kms=KEY, not '{value}'.");
        }

        if (option == LakeOption.StoreCache)
        {
            var size = Number(value, source, max: 1_000_000, "GiB");
            return size > 0 ? this with { StoreCache = size } : throw new OptionException($"{source} is at least 1.");
        }

        return value switch
        {
            "true" or "1" or "yes" => this with { Dashboard = false },
            "false" or "0" or "no" => this with { Dashboard = true },
            _ => throw new OptionException($"{source} is true or false, not '{value}'."),
        };
    }

    static long Number(string value, string source, long max, string meaning) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= max
            ? number
            : throw new OptionException($"{source} is a whole number from 0 to {max} ({meaning}), not '{value}'.");
}

/// <summary>An option is not understood; the message is one line.</summary>
internal sealed class OptionException(string message) : Exception(message);
