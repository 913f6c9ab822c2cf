namespace LakeAspire.Fakes;

/// <summary>Reports of engines.</summary>
internal static class FakeReports
{
    public static object[] Of(FakeState state, FakeTable table) => table.Namespace != "bronze" ? [] :
    [
        new
        {
            id = 7,
            at = state.Now().AddMinutes(-2),
            principal = "trino",
            branch = "main",
            kind = "scan",
            snapshotId = "7301986345178322001",
            schemaId = 0,
            filter = "Date = (date) and Score > (1-digit-int)",
            columns = new[] { "Contract", "TotalDuration", "Date" },
            metrics = new[]
            {
                Counter("result-data-files", 3), Counter("result-delete-files", 0), Counter("scanned-data-manifests", 4), Counter("skipped-data-manifests", 26), Counter("total-data-manifests", 30),
                Counter("total-file-size-in-bytes", 984_512, "bytes"), Timer("total-planning-duration", 12_410_992, "nanoseconds"),
            },
            metadata = new Dictionary<string, string> { ["engine-name"] = "trino", ["engine-version"] = "478" },
        },
        new
        {
            id = 6,
            at = state.Now().AddMinutes(-3),
            principal = "service",
            branch = "run/9",
            kind = "commit",
            snapshotId = "7301986345178322001",
            operation = "append",
            sequenceNumber = 4,
            columns = Array.Empty<string>(),
            metrics = new[] { Counter("added-data-files", 1), Counter("added-records", 19_800), Counter("attempts", 1), Timer("total-duration", 84, "milliseconds") },
            metadata = new Dictionary<string, string>(),
        },
        new
        {
            id = 5,
            at = state.Now().AddMinutes(-900),
            principal = "spark",
            branch = "main",
            kind = "scan",
            snapshotId = "7301986345178322000",
            schemaId = 0,
            filter = "true",
            columns = table.Columns.Select(column => column.Name),
            metrics = new[] { Counter("result-data-files", 30), Timer("total-planning-duration", 3, "seconds") },
            metadata = new Dictionary<string, string> { ["engine-name"] = "spark", ["engine-version"] = "4.1.4" },
        },
    ];

    static object Counter(string name, long value, string unit = "count") => new { name, value, unit, count = (long?)null };

    static object Timer(string name, long value, string unit) => new { name, value, unit, count = (long?)1 };
}
