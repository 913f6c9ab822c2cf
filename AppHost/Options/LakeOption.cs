namespace LakeAspire.AppHost.Options;

/// <summary>An option of the AppHost: its flag, its environment variable, what it takes and what it means.</summary>
internal sealed record LakeOption(string Flag, string Variable, string? Value, string Help)
{
    public static readonly LakeOption DataDir = new("--data-dir", "LAKEASPIRE_DATA_DIR", "PATH", "folder of all data, keys and logs (default: .lake in the repository)");

    public static readonly LakeOption BasePort = new(
        "--base-port", "LAKEASPIRE_BASE_PORT", "N",
        "first of nine ports: Portal N, Catalog N+1, Ingest N+2, Query N+3, PostgreSQL N+5, OTLP N+6, resource service N+7, dashboard N+8 (default: 5080; 0: free ports, see endpoints.json in the data folder)");

    public static readonly LakeOption Sample = new("--sample", "LAKEASPIRE_SAMPLE", "watchlog|none", "pipeline project to run (default: watchlog)");

    public static readonly LakeOption SampleEvents = new("--sample-events", "LAKEASPIRE_SAMPLE_EVENTS", "N", "events that are generated for it once (default: 600000; 0: the pipeline without data)");

    public static readonly LakeOption NoDashboard = new("--no-dashboard", "LAKEASPIRE_NO_DASHBOARD", null, "no Aspire dashboard, and no telemetry");

    public static readonly IReadOnlyList<LakeOption> All = [DataDir, BasePort, Sample, SampleEvents, NoDashboard];

    /// <summary>Options of the application host itself, which it is given as they are.</summary>
    public static readonly IReadOnlyList<LakeOption> OfHost =
    [
        new("--publisher", "", "manifest", "describe the application for deployment instead of running it"),
        new("--output-path", "", "FILE", "file that the manifest is written to"),
        new("--operation", "", "OPERATION", "passed on to Aspire's own hosting"),
        new("--step", "", "STEP", "passed on to Aspire's own hosting"),
    ];
}
