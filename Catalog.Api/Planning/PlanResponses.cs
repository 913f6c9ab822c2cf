using System.Text.Json;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Iceberg.Rest;

namespace LakeAspire.Catalog.Planning;

/// <summary>Answers of scan planning, written while files are found.</summary>
internal static class PlanResponses
{
    const int FlushBytes = 1 << 16;

    /// <summary>Answers with a plan or a part of one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="scan">The plan.</param>
    /// <param name="isPart">Whether it answers a task, which has no status.</param>
    /// <param name="credentials">Writes further members.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task WriteAsync(HttpContext context, PlannedScan scan, bool isPart, Action<Utf8JsonWriter>? credentials, CancellationToken cancellationToken)
    {
        // What fails before the first file is there is answered as an error; later, the connection breaks off.
        await using var files = scan.Files.GetAsyncEnumerator(cancellationToken);
        var isMore = await files.MoveNextAsync();
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        if (!isPart)
        {
            json.WriteString("status", "completed");
            if (scan.PlanId is not null)
            {
                json.WriteString("plan-id", scan.PlanId);
            }

            credentials?.Invoke(json);
        }

        var tasks = new ScanTasksWriter(json, scan.Metadata, scan.StatisticsOf);
        var sent = 0L;
        for (; isMore; isMore = await files.MoveNextAsync())
        {
            tasks.Add(files.Current);
            if (json.BytesPending + json.BytesCommitted - sent > FlushBytes)
            {
                await FlushAsync(context, json, cancellationToken);
                sent = json.BytesCommitted;
            }
        }

        tasks.Finish(scan.Tasks);
        json.WriteEndObject();
        await FlushAsync(context, json, cancellationToken);
    }

    static async Task FlushAsync(HttpContext context, Utf8JsonWriter json, CancellationToken cancellationToken)
    {
        await json.FlushAsync(cancellationToken);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }
}
