using System.Diagnostics;
using Lakehouse.Formats;
using Lakehouse.Sources.Landing;
using Microsoft.Extensions.Options;

namespace LakeAspire.Ingest.Receiving;

/// <summary>Takes content into the landing zone: when it returns, the content is durable and counts, and it counts once.</summary>
internal sealed class Receiver(LandingZone landing, IOptions<IngestOptions> options, TimeProvider time, ILogger<Receiver> logger)
{
    readonly DocumentLander documents = new(landing, options.Value);

    /// <summary>Receives.</summary>
    /// <returns>The manifest that counts, and whether it counted before.</returns>
    public async Task<(LandingManifest Manifest, bool IsDuplicate)> ReceiveAsync(Reception reception, Stream body, CancellationToken cancellationToken)
    {
        var id = reception.NewId(time);
        if (LandingId.CanComeAgain(id) && await landing.FindAsync(reception.Stream.Value, id, cancellationToken) is { } known)
        {
            return (await CompareAsync(reception, body, known, cancellationToken), true);
        }

        var manifest = await LandAsync(id, reception, body, cancellationToken);

        // All that is to come is here: who goes away now only misses the answer.
        var counting = await AcceptAsync(manifest);
        if (counting.Data == manifest.Data)
        {
            Log.Accepted(logger, id, manifest.Stream, manifest.Events, manifest.Faulty, manifest.ReceivedBytes, manifest.Format);
            IngestTelemetry.Accepted(manifest.Stream, manifest.Events, manifest.Faulty, manifest.ReceivedBytes);
            return (counting, false);
        }

        await DeleteAsync(landing.DataLocation(manifest));
        return counting.Sha256 == manifest.Sha256 ? (counting, true) : throw reception.OtherContent();
    }

    async Task<LandingManifest> AcceptAsync(LandingManifest manifest)
    {
        try
        {
            return await landing.AcceptAsync(manifest, CancellationToken.None);
        }
        catch (LakehouseException)
        {
            // It may count all the same. Bytes of which even that can't be told are swept if nothing refers to them.
            if (!await landing.IsPendingAsync(manifest, CancellationToken.None))
            {
                await DeleteAsync(landing.DataLocation(manifest));
            }

            throw;
        }
    }

    /// <summary>It was received before: its content is read only to be compared.</summary>
    async Task<LandingManifest> CompareAsync(Reception reception, Stream body, LandingManifest known, CancellationToken cancellationToken)
    {
        await using var content = new InspectedStream(body, reception, inspector: null);
        await content.CopyToAsync(Stream.Null, cancellationToken);
        if (content.Sha256() != known.Sha256)
        {
            throw reception.OtherContent();
        }

        Log.ReceivedAgain(logger, known.Id, known.Stream);
        return known;
    }

    async Task<LandingManifest> LandAsync(string id, Reception reception, Stream body, CancellationToken cancellationToken)
    {
        var manifest = new LandingManifest
        {
            Id = id,
            Stream = reception.Stream.Value,
            Name = reception.Name,
            IdempotencyKey = reception.Name is null ? reception.IdempotencyKey : null,
            Principal = reception.Principal,
            TraceParent = Activity.Current?.Id,
            ReceivedAt = time.GetUtcNow(),
            Format = LandingFormat.Ndjson,
            Data = "",
            Size = 0,
            Sha256 = "",
        };
        switch (reception.Format)
        {
            case ContentFormat.Csv:
                using (var csv = new CsvInspector())
                {
                    return await LandAsItIsAsync(manifest with { Format = LandingFormat.Csv }, reception, body, csv, cancellationToken);
                }

            case ContentFormat.Parquet:
                return await LandAsItIsAsync(manifest with { Format = LandingFormat.Parquet }, reception, body, inspector: null, cancellationToken);
            case ContentFormat.Ndjson:
                return await LandLinesAsync(manifest, reception, body, cancellationToken);
            default:
                await using (var peeked = await PeekAsync(body, reception, cancellationToken))
                {
                    return JsonShape.IsLines(peeked.Beginning, peeked.IsWhole)
                        ? await LandLinesAsync(manifest, reception, peeked, cancellationToken)
                        : await documents.LandAsync(manifest, reception, peeked, cancellationToken);
                }
        }
    }

    async Task<LandingManifest> LandLinesAsync(LandingManifest manifest, Reception reception, Stream body, CancellationToken cancellationToken)
    {
        using var lines = new NdjsonInspector(options.Value.MaxLineBytes);
        return await LandAsItIsAsync(manifest, reception, body, lines, cancellationToken);
    }

    async Task<LandingManifest> LandAsItIsAsync(LandingManifest manifest, Reception reception, Stream body, IContentInspector? inspector, CancellationToken cancellationToken)
    {
        var data = LandingZone.NewDataName(manifest.Id, manifest.Format);
        await using var content = new InspectedStream(body, reception, inspector);
        await landing.Store.PutAsync($"{landing.Store.Root}/{manifest.Stream}/{data}", content, cancellationToken);
        return manifest with
        {
            Data = data,
            Size = content.Bytes,
            ReceivedBytes = content.Bytes,
            Sha256 = content.Sha256(),
            Events = inspector?.Events,
            Faulty = inspector?.Faulty ?? 0,
        };
    }

    /// <summary>The window is read through no limit: it is smaller than any.</summary>
    static async Task<PeekedStream> PeekAsync(Stream body, Reception reception, CancellationToken cancellationToken)
    {
        try
        {
            return await PeekedStream.OpenAsync(body, JsonShape.Window, cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new ServiceDefaults.Errors.ApiException(StatusCodes.Status400BadRequest, $"The content of {reception.Stream} is said to be gzip, and is not or is cut off: {e.Message}");
        }
    }

    async Task DeleteAsync(string location)
    {
        try
        {
            await landing.Store.DeleteAsync(location, CancellationToken.None);
        }
        catch (LakehouseException e)
        {
            Log.LeftBehind(logger, e, location);
        }
    }
}
