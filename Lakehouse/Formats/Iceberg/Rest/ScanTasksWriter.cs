using System.Text.Json;

namespace Lakehouse.Formats.Iceberg.Rest;

/// <summary>
/// Writes the members of "ScanTasks" (REST catalog specification) into an object that its caller opened: files as they come, then the delete files that they refer to by place, so that only those are held.
/// </summary>
/// <param name="json">Where to.</param>
/// <param name="metadata">The table.</param>
/// <param name="statisticsOf">Ids of the fields whose statistics are written; null = none.</param>
public sealed class ScanTasksWriter(Utf8JsonWriter json, TableMetadata metadata, IReadOnlySet<int>? statisticsOf = null)
{
    private readonly ContentFileJson files = new(metadata);
    private readonly Dictionary<(string Path, long? Offset), int> places = [];
    private readonly List<DataFile> deletes = [];
    private bool isStarted;

    /// <summary>Writes a file with its deletes.</summary>
    public void Add(ScanFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!isStarted)
        {
            json.WriteStartArray("file-scan-tasks");
            isStarted = true;
        }

        json.WriteStartObject();
        json.WritePropertyName("data-file");
        files.Write(json, file.File, statisticsOf, file.DataSequenceNumber);
        if (file.Deletes.Count > 0)
        {
            json.WriteStartArray("delete-file-references");
            foreach (var delete in file.Deletes)
            {
                json.WriteNumberValue(PlaceOf(delete.File));
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes what is left: the delete files, and the tasks for the rest of the plan.</summary>
    public void Finish(IReadOnlyList<string> planTasks)
    {
        ArgumentNullException.ThrowIfNull(planTasks);
        if (isStarted)
        {
            json.WriteEndArray();
        }

        if (deletes.Count > 0)
        {
            json.WriteStartArray("delete-files");
            deletes.ForEach(delete => files.Write(json, delete));
            json.WriteEndArray();
        }

        if (planTasks.Count > 0)
        {
            json.WriteStartArray("plan-tasks");
            foreach (var task in planTasks)
            {
                json.WriteStringValue(task);
            }

            json.WriteEndArray();
        }
    }

    private int PlaceOf(DataFile delete)
    {
        var key = (delete.FilePath, delete.ContentOffset);
        if (!places.TryGetValue(key, out var place))
        {
            places[key] = place = deletes.Count;
            deletes.Add(delete);
        }

        return place;
    }
}
