using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace LakeAspire.Hosting.Running;

/// <summary>The state of a program that crashed and is about to be started again.</summary>
internal static class RestartState
{
    public const string Text = "Restarting";
    const string DelayProperty = "restart.delay";
    const string ReasonProperty = "restart.reason";
    const int LongestReason = 160;

    /// <summary>The same state with the time until the restart and what the program said last.</summary>
    public static CustomResourceSnapshot With(CustomResourceSnapshot state, TimeSpan delay, string? lastWords) => state with
    {
        Properties =
        [
            .. state.Properties.Where(p => p.Name is not (DelayProperty or ReasonProperty)),
            new(DelayProperty, string.Create(CultureInfo.InvariantCulture, $"{delay.TotalSeconds:0} s")),
            .. lastWords is { Length: > 0 } ? [new ResourcePropertySnapshot(ReasonProperty, lastWords.Length > LongestReason ? lastWords[..LongestReason] + "…" : lastWords)] : Array.Empty<ResourcePropertySnapshot>(),
        ],
    };

    /// <summary>The same state with the reason for which nothing more is tried.</summary>
    public static CustomResourceSnapshot WithReason(CustomResourceSnapshot state, string reason) =>
        state with { Properties = [.. state.Properties.Where(p => p.Name is not (DelayProperty or ReasonProperty)), new(ReasonProperty, reason)] };

    /// <summary>Why it is down, if that is known.</summary>
    public static string? ReasonOf(CustomResourceSnapshot state) => Find(state, ReasonProperty)?.Trim();

    /// <summary>One line on why and when.</summary>
    public static string Describe(CustomResourceSnapshot state)
    {
        var reason = ReasonOf(state) is { } words ? $": {words}" : "";
        return $"crashed (exit code {state.ExitCode}){reason}; starts again in {Find(state, DelayProperty)}";
    }

    static string? Find(CustomResourceSnapshot state, string name) => state.Properties.FirstOrDefault(p => p.Name == name)?.Value as string;
}
