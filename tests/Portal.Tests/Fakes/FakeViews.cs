namespace LakeAspire.Fakes;

/// <summary>Views of the fake catalog.</summary>
internal static class FakeViews
{
    public static object Detail(FakeState state, FakeTable table) => new
    {
        @namespace = table.Namespace,
        name = table.Name,
        id = "00000000-0000-4000-8000-0000000000aa",
        location = $"file:///lake/warehouse/{table.Namespace}/{table.Name}",
        metadataLocation = $"file:///lake/warehouse/{table.Namespace}/{table.Name}/metadata/00001-0198c5e2-7d1a-7b3e-9f00-4c1d2e3f0001.metadata.json",
        formatVersion = 1,
        properties = new Dictionary<string, string> { ["comment"] = "Customers of the upper segments" },
        schema = Columns(table),
        partitionSpec = Array.Empty<object>(),
        sortOrder = Array.Empty<object>(),
        lastCommit = FakeCatalog.LastCommit(state, table),
        format = "view",
        view = new
        {
            definer = "ada",
            currentVersionId = 2,
            versions = new[]
            {
                Version(state, table, 2, -60, ("spark", "select Contract, RFM\nfrom gold.customer_360\nwhere rlike(RFM, '^[45]{3}$')"), ("trino", "select Contract, RFM\nfrom gold.customer_360\nwhere regexp_like(RFM, '^[45]{3}$')")),
                Version(state, table, 1, -3000, ("spark", "select Contract, RFM\nfrom gold.customer_360\nwhere RFM = '555'")),
            },
            log = new[] { new { at = state.Now().AddMinutes(-60), versionId = 2 }, new { at = state.Now().AddMinutes(-3000), versionId = 1 } },
        },
    };

    static object Version(FakeState state, FakeTable table, int id, int minutes, params (string Dialect, string Sql)[] queries) => new
    {
        id,
        at = state.Now().AddMinutes(minutes),
        isCurrent = id == 2,
        queries = queries.Select(query => new { dialect = query.Dialect, sql = query.Sql }),
        defaultNamespace = "gold",
        summary = new Dictionary<string, string> { ["engine-name"] = "spark", ["engine-version"] = "4.1.4" },
        schema = Columns(table),
    };

    static IEnumerable<object> Columns(FakeTable table) => table.Columns.Select((column, i) => new { id = i + 1, name = column.Name, type = column.Type, required = false, doc = (string?)null });
}
