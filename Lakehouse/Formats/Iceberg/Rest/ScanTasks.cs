using System.Text.Json;
using Lakehouse.Formats.Json;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>A file to read (REST catalog specification, schema "FileScanTask").</summary>
/// <param name="File">The data file.</param>
/// <param name="Deletes">The delete files that apply to it.</param>
/// <param name="ResidualFilter">What is left to ask of its rows, as JSON text; null = the whole filter.</param>
public sealed record FileScanTask(DataFile File, IReadOnlyList<DataFile> Deletes, string? ResidualFilter);

/// <summary>An answer of scan planning, or a part of it (REST catalog specification, schemas "ScanTasks", "PlanTableScanResult" and "FetchPlanningResult").</summary>
/// <param name="Status"><c>completed</c>, <c>submitted</c>, <c>cancelled</c> or <c>failed</c>; null in answers to plan tasks, which have none.</param>
/// <param name="PlanId">Id of the plan, if it has one.</param>
/// <param name="Files">Files to read.</param>
/// <param name="PlanTasks">Tasks to fetch further files with.</param>
public sealed record ScanTasks(string? Status, string? PlanId, IReadOnlyList<FileScanTask> Files, IReadOnlyList<string> PlanTasks)
{
    /// <summary>Reads an answer.</summary>
    /// <exception cref="LakehouseException">InvalidData: a member is malformed, or a file refers to a delete file that is not there.</exception>
    public static ScanTasks Read(JsonElement json, TableMetadata metadata)
    {
        var fields = new JsonFields(json, "scan tasks");
        var files = new ContentFileJson(metadata);
        var deletes = fields.OptionalArray("delete-files").Select(item => files.Read(item.Element)).ToList();
        return new ScanTasks(
            fields.OptionalString("status"),
            fields.OptionalString("plan-id"),
            [.. fields.OptionalArray("file-scan-tasks").Select(item => Task(new JsonFields(item.Element, item.Path), files, deletes))],
            fields.Has("plan-tasks") ? fields.Strings("plan-tasks") : []);
    }

    private static FileScanTask Task(JsonFields fields, ContentFileJson files, List<DataFile> deletes)
    {
        var references = fields.Has("delete-file-references") ? fields.Ints("delete-file-references") : [];
        return new FileScanTask(
            files.Read(fields.Required("data-file")),
            references.ConvertAll(place => place >= 0 && place < deletes.Count ? deletes[place] : throw fields.Wrong("delete-file-references", $"names place {place} of {deletes.Count} delete files")),
            fields.Find("residual-filter")?.GetRawText());
    }
}
