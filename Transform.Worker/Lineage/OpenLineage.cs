using System.Globalization;
using System.Text.Json.Nodes;
using Lakehouse.Pipelines.Lineage;
using Lakehouse.Formats;

namespace LakeAspire.Transform.Lineage;

/// <summary>Events and facets of OpenLineage 2-0-2.</summary>
internal static class OpenLineage
{
    public const string Start = "START";
    public const string Running = "RUNNING";
    public const string Complete = "COMPLETE";
    public const string Fail = "FAIL";
    public const string Abort = "ABORT";

    const string Spec = "https://openlineage.io/spec";

    /// <summary>Who makes these events.</summary>
    static readonly string Producer = $"urn:lakeaspire:transform-worker:{typeof(OpenLineage).Assembly.GetName().Version?.ToString(3)}";

    public static JsonObject RunEvent(string type, DateTimeOffset at, Guid run, JsonObject runFacets, JsonObject job, IEnumerable<JsonObject>? inputs = null, IEnumerable<JsonObject>? outputs = null) => new()
    {
        ["eventTime"] = at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["producer"] = Producer,
        ["schemaURL"] = $"{Spec}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        ["eventType"] = type,
        ["run"] = new JsonObject { ["runId"] = run.ToString(), ["facets"] = runFacets },
        ["job"] = job,
        ["inputs"] = new JsonArray([.. inputs ?? []]),
        ["outputs"] = new JsonArray([.. outputs ?? []]),
    };

    public static JsonObject Job(string ns, string name, string jobType, string? sql = null, string processing = "BATCH")
    {
        var facets = new JsonObject
        {
            ["jobType"] = Facet("facets/2-0-3/JobTypeJobFacet.json#/$defs/JobTypeJobFacet", ("processingType", processing), ("integration", "LAKEASPIRE"), ("jobType", jobType)),
        };
        if (sql is not null)
        {
            facets["sql"] = Facet("facets/1-1-0/SQLJobFacet.json#/$defs/SQLJobFacet", ("query", sql), ("dialect", "duckdb"));
        }

        return new JsonObject { ["namespace"] = ns, ["name"] = name, ["facets"] = facets };
    }

    public static JsonObject Dataset(string ns, string name, JsonObject? facets = null) => new() { ["namespace"] = ns, ["name"] = name, ["facets"] = facets ?? [] };

    /// <summary>How much was read or written, where that is known.</summary>
    public static JsonObject WithStatistics(this JsonObject dataset, bool isOutput, long? rows, long? bytes, long? files)
    {
        var counts = ((string Name, long? Count)[])[("rowCount", rows), ("size", bytes), ("fileCount", files)];
        if (counts.Any(c => c.Count is not null))
        {
            dataset[isOutput ? "outputFacets" : "inputFacets"] = new JsonObject
            {
                [isOutput ? "outputStatistics" : "inputStatistics"] = Facet(
                    isOutput ? "facets/1-0-2/OutputStatisticsOutputDatasetFacet.json#/$defs/OutputStatisticsOutputDatasetFacet" : "facets/1-0-0/InputStatisticsInputDatasetFacet.json#/$defs/InputStatisticsInputDatasetFacet",
                    [.. counts.Where(c => c.Count is not null).Select(c => (c.Name, (JsonNode?)c.Count))]),
            };
        }

        return dataset;
    }

    public static JsonObject Version(string version) => Facet("facets/1-0-1/DatasetVersionDatasetFacet.json#/$defs/DatasetVersionDatasetFacet", ("datasetVersion", version));

    /// <summary>All rows are new ones.</summary>
    public static JsonObject Overwritten() =>
        Facet("facets/1-0-1/LifecycleStateChangeDatasetFacet.json#/$defs/LifecycleStateChangeDatasetFacet", ("lifecycleStateChange", "OVERWRITE"));

    public static JsonObject Parent(Guid run, string jobNamespace, string job) => Facet(
        "facets/1-1-0/ParentRunFacet.json#/$defs/ParentRunFacet",
        ("run", new JsonObject { ["runId"] = run.ToString() }),
        ("job", new JsonObject { ["namespace"] = jobNamespace, ["name"] = job }));

    public static JsonObject Error(string message) =>
        Facet("facets/1-0-1/ErrorMessageRunFacet.json#/$defs/ErrorMessageRunFacet", ("message", message), ("programmingLanguage", "SQL"));

    /// <summary>Our own facet: what a run is in this lake.</summary>
    public static JsonObject LakeRun(string branch, long? commitId = null, long? runId = null, int? attempt = null)
    {
        var facet = new JsonObject { ["_producer"] = Producer, ["_schemaURL"] = "urn:lakeaspire:openlineage:1-0-0:LakeRunFacet", ["branch"] = branch };
        foreach (var (name, value) in ((string, long?)[])[("commitId", commitId), ("runId", runId), ("attempt", attempt)])
        {
            if (value is not null)
            {
                facet[name] = value;
            }
        }

        return facet;
    }

    /// <summary>The columns of a query. What could not be traced says why in the member <c>untraced</c>: of a column, or of the facet for what decides about the rows.</summary>
    /// <param name="name">Namespace and name of the dataset that a table is.</param>
    /// <param name="lineage">The columns.</param>
    public static JsonObject Columns(Func<LineageTable, (string Namespace, string Name)> name, ModelLineage lineage) => Facet(
        "facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet",
        [("fields", new JsonObject(lineage.Columns.DistinctBy(c => c.Name, StringComparer.Ordinal).Select(column =>
        {
            var field = new JsonObject { ["inputFields"] = new JsonArray([.. column.Sources.Select(s => Field(name, s))]) };
            if (column.Untraced is { } reason)
            {
                field["untraced"] = reason;
            }

            return KeyValuePair.Create(column.Name, (JsonNode?)field);
        }))),
        ("dataset", new JsonArray([.. lineage.Rows.Select(s => Field(name, s))])), .. lineage.RowsUntraced is { } rows ? [("untraced", rows)] : Array.Empty<(string, JsonNode?)>()]);

    /// <summary>Columns that are those of another dataset.</summary>
    public static JsonObject SameColumns(string ns, string name, IEnumerable<string> columns) => Facet(
        "facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet",
        ("fields", new JsonObject(columns.Select(column => KeyValuePair.Create(column, (JsonNode?)new JsonObject
        {
            ["inputFields"] = new JsonArray(new JsonObject
            {
                ["namespace"] = ns,
                ["name"] = name,
                ["field"] = column,
                ["transformations"] = new JsonArray(new JsonObject { ["type"] = "DIRECT", ["subtype"] = "IDENTITY", ["description"] = "", ["masking"] = false }),
            }),
        })))));

    public static JsonObject Facet(string schema, params (string Name, JsonNode? Value)[] members)
    {
        var facet = new JsonObject { ["_producer"] = Producer, ["_schemaURL"] = $"{Spec}/{schema}" };
        foreach (var (name, value) in members)
        {
            facet[name] = value;
        }

        return facet;
    }

    static JsonObject Field(Func<LineageTable, (string Namespace, string Name)> name, ColumnSource source) => new()
    {
        ["namespace"] = name(source.Column.Table).Namespace,
        ["name"] = name(source.Column.Table).Name,
        ["field"] = source.Column.Column,
        ["transformations"] = new JsonArray([.. source.Transformations.Select(t => new JsonObject
        {
            ["type"] = t.IsDirect ? "DIRECT" : "INDIRECT",
            ["subtype"] = t.Subtype,
            ["description"] = "",
            ["masking"] = t.IsMasking,
        })]),
    };
}
