using System.Globalization;
using System.Text.Json.Nodes;
using Lakehouse.Pipelines.Lineage;
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

    readonly LoadColumns columns = new();

    /// <summary>Files of a stream are about to be committed: the events that the commit keeps, so that none is lost however the worker ends.</summary>
    public async Task<IReadOnlyList<string>> LoadingAsync(
        StreamName stream, StreamDeclaration declaration, IReadOnlyList<LandingManifest> files, long rows, long quarantined, DateTimeOffset started, CancellationToken cancellationToken)
    {
        if (!queue.IsEnabled)
        {
            return [];
        }

        var run = RunIds.Of(started, $"load {stream} {files[0].Id}");
        var source = new LineageTable(Streams, stream.Value);
        var made = OpenLineage.Columns(t => (t.Namespace, t.Name), await columns.OfAsync(declaration.Contract, source, cancellationToken));
        var input = OpenLineage.Dataset(Streams, stream.Value).WithStatistics(isOutput: false, rows + quarantined, files.Sum(f => f.Size), files.Count);
        List<JsonObject> outputs = [OpenLineage.Dataset(options.Value.Namespace, declaration.Table.ToString(), new JsonObject { ["columnLineage"] = made }).WithStatistics(isOutput: true, rows, null, null)];
        if (quarantined > 0)
        {
            outputs.Add(OpenLineage.Dataset(options.Value.Namespace, declaration.Quarantine.ToString()).WithStatistics(isOutput: true, quarantined, null, null));
        }

        JsonObject Job() => OpenLineage.Job(options.Value.JobNamespace, $"load.{stream}", "LOAD");
        return
        [
            OpenLineage.RunEvent(OpenLineage.Start, started, run, new JsonObject { ["lakeaspire_run"] = OpenLineage.LakeRun(Branch) }, Job()).ToJsonString(),
            OpenLineage.RunEvent(OpenLineage.Complete, time.GetUtcNow(), run, new JsonObject { ["lakeaspire_run"] = OpenLineage.LakeRun(Branch) }, Job(), [input], outputs).ToJsonString(),
        ];
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
        var names = metadata.CurrentSchema.Fields.Select(f => f.Name).Except(leftOut, StringComparer.Ordinal);
        var output = OpenLineage.Dataset(
            Published, table.ToString(), new JsonObject { ["version"] = OpenLineage.Version(text), ["columnLineage"] = OpenLineage.SameColumns(options.Value.Namespace, table.ToString(), names) });
        JsonObject Job() => OpenLineage.Job(options.Value.JobNamespace, $"publish.{table}", "PUBLICATION");
        JsonObject Facets() => new() { ["lakeaspire_run"] = OpenLineage.LakeRun(Branch) };
        queue.Add(
            OpenLineage.RunEvent(OpenLineage.Start, started, run, Facets(), Job()),
            OpenLineage.RunEvent(OpenLineage.Complete, time.GetUtcNow(), run, Facets(), Job(), [input], [output]));
    }
}
