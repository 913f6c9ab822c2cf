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

    public static readonly LakeOption Store = new(
        "--store", "LAKEASPIRE_STORE", "LOCATION",
        "keep landing, tables and their metadata in s3://BUCKET/PREFIX or az://CONTAINER/PREFIX (default: the data folder, which then holds the rest); its address and credentials come from the environment: "
        + "AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN; AZURE_STORAGE_ACCOUNT, AZURE_STORAGE_KEY, AZURE_STORAGE_BLOB_ENDPOINT");

    public static readonly LakeOption StoreEncryption = new(
        "--store-encryption", "LAKEASPIRE_STORE_ENCRYPTION", "METHOD", "encryption that an S3 store is asked for: AES256 (SSE-S3), aws:kms or aws:kms=KEY (SSE-KMS) (default: the bucket's own)");

    public static readonly LakeOption StoreCache = new("--store-cache", "LAKEASPIRE_STORE_CACHE", "GIB", "size of the local cache of a store's files, in GiB (default: 32)");

    public static readonly IReadOnlyList<LakeOption> All = [DataDir, BasePort, Sample, SampleEvents, NoDashboard, Store, StoreEncryption, StoreCache];

    /// <summary>Options of the application host itself, which it is given as they are.</summary>
    public static readonly IReadOnlyList<LakeOption> OfHost =
    [
        new("--publisher", "", "manifest", "describe the application for deployment instead of running it"),
        new("--output-path", "", "FILE", "file that the manifest is written to"),
        new("--operation", "", "OPERATION", "passed on to Aspire's own hosting"),
        new("--step", "", "STEP", "passed on to Aspire's own hosting"),
    ];
}
