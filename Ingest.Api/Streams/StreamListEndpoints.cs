using LakeAspire.Ingest.Receiving;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Ingest.Streams;

/// <summary>What was received.</summary>
internal static class StreamListEndpoints
{
    const int MaxFiles = 1000;

    public static void MapStreamLists(this WebApplication app)
    {
        app.MapGet("/streams", ListStreamsAsync);
        app.MapGet("/streams/{stream}/files", ListFilesAsync);
    }

    /// <summary>The streams that received anything, and how much of it waits to be loaded.</summary>
    static async Task<IResult> ListStreamsAsync(LandingZone landing, CancellationToken cancellationToken)
    {
        var streams = new List<StreamItem>();
        foreach (var stream in await landing.StreamsAsync(cancellationToken))
        {
            streams.Add(new StreamItem(stream.Value, (await landing.PendingAsync(stream, new LandingLimits(1, 0), cancellationToken)).Waiting));
        }

        return Results.Json(new { streams });
    }

    /// <summary>Files and keyed requests of a stream, by id; <c>after</c> continues behind an id, <c>next</c> says where to.</summary>
    static async Task<IResult> ListFilesAsync(string stream, LandingZone landing, CancellationToken cancellationToken, int limit = MaxFiles, string? after = null)
    {
        var name = ReceivingEndpoints.Stream(stream);
        if (limit is < 1 or > MaxFiles)
        {
            throw new ApiException(StatusCodes.Status400BadRequest, $"limit is from 1 to {MaxFiles}.");
        }

        if (!(await landing.StreamsAsync(cancellationToken)).Contains(name))
        {
            throw new ApiException(StatusCodes.Status404NotFound, $"The stream {name} has received nothing.", "NoSuchStreamException");
        }

        var files = new List<FileItem>();
        await foreach (var manifest in landing.AcceptedAsync(name, after, cancellationToken))
        {
            if (files.Count == limit)
            {
                return Results.Json(new { files, next = files[^1].Id });
            }

            files.Add(FileItem.Of(manifest, await landing.IsPendingAsync(manifest, cancellationToken)));
        }

        return Results.Json(new { files, next = (string?)null });
    }

    /// <summary>A stream.</summary>
    internal sealed record StreamItem(string Name, int PendingFiles);

    /// <summary>A file.</summary>
    internal sealed record FileItem(
        string Id, string? Name, LandingFormat Format, long Bytes, string Sha256, DateTimeOffset ReceivedAt, string? Principal, string? IdempotencyKey, long? Accepted, long Quarantined, string State)
    {
        public static FileItem Of(LandingManifest m, bool isPending) =>
            new(m.Id, m.Name, m.Format, m.ReceivedBytes, m.Sha256, m.ReceivedAt, m.Principal, m.IdempotencyKey, m.Events, m.Faulty, isPending ? "pending" : "loaded");
    }
}
