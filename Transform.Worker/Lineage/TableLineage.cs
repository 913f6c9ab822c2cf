using System.Globalization;
using System.Text.Json.Nodes;
using Lakehouse.Sources;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Lineage;

/// <summary>Tells of what happens to single tables: loads into bronze, and publications as Delta.</summary>
internal sealed class TableLineage(LineageQueue queue, IOptions<LineageOptions> options, TimeProvider time)
{
    const string Branch = "main";

    /// <summary>Namespace of streams as datasets.</summary>
    const string Streams = "streams";

    /// <summary>Namespace of tables as they are published.</summary>
    const string Published = "delta";

    /// <summary>Files of a stream were committed.</summary>
    public void Loaded(StreamName stream, StreamDeclaration declaration, IReadOnlyList<LandingManifest> files, long rows, long quarantined, long commitId, DateTimeOffset started)
    {
        if (!queue.IsEnabled)
        {
            return;
        }

        var run = RunIds.Of(started, $"load {stream} {commitId.ToString(CultureInfo.InvariantCulture)}");
        var input = OpenLineage.Dataset(Streams, stream.Value).WithStatistics(isOutput: false, rows + quarantined, files.Sum(f => f.Size), files.Count);
        List<JsonObject> outputs = [OpenLineage.Dataset(options.Value.Namespace, declaration.Table.ToString()).WithStatistics(isOutput: true, rows, null, null)];
        if (quarantined > 0)
        {
            outputs.Add(OpenLineage.Dataset(options.Value.Namespace, declaration.Quarantine.ToString()).WithStatistics(isOutput: true, quarantined, null, null));
        }

        JsonObject Job() => OpenLineage.Job(options.Value.JobNamespace, $"load.{stream}", "LOAD");
        queue.Add(
            OpenLineage.RunEvent(OpenLineage.Start, started, run, new JsonObject { ["lakeaspire_run"] = OpenLineage.LakeRun(Branch) }, Job()),
            OpenLineage.RunEvent(OpenLineage.Complete, time.GetUtcNow(), run, new JsonObject { ["lakeaspire_run"] = OpenLineage.LakeRun(Branch, commitId) }, Job(), [input], outputs));
    }

    /// <summary>Snapshots of a table were published.</summary>
    public void WasPublished(TableIdentifier table, TableMetadata metadata, long? version, long? snapshotId, IReadOnlyList<string> leftOut, DateTimeOffset started)
    {
        if (!queue.IsEnabled || version is null)
        {
            return;
        }

        var text = version.Value.ToString(CultureInfo.InvariantCulture);
        var run = RunIds.Of(started, $"publish {table} {text}");
        var input = OpenLineage.Dataset(
            options.Value.Namespace, table.ToString(), snapshotId is { } snapshot ? new JsonObject { ["version"] = OpenLineage.Version(snapshot.ToString(CultureInfo.InvariantCulture)) } : null);
        var columns = metadata.CurrentSchema.Fields.Select(f => f.Name).Except(leftOut, StringComparer.Ordinal);
        var output = OpenLineage.Dataset(
            Published, table.ToString(), new JsonObject { ["version"] = OpenLineage.Version(text), ["columnLineage"] = OpenLineage.SameColumns(options.Value.Namespace, table.ToString(), columns) });
        JsonObject Job() => OpenLineage.Job(options.Value.JobNamespace, $"publish.{table}", "PUBLICATION");
        JsonObject Facets() => new() { ["lakeaspire_run"] = OpenLineage.LakeRun(Branch) };
        queue.Add(
            OpenLineage.RunEvent(OpenLineage.Start, started, run, Facets(), Job()),
            OpenLineage.RunEvent(OpenLineage.Complete, time.GetUtcNow(), run, Facets(), Job(), [input], [output]));
    }
}
