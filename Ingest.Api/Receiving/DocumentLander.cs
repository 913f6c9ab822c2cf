using System.IO.Pipelines;
using System.Text.Json;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Ingest.Receiving;

/// <summary>
/// Takes in JSON that looks like one document. It is kept as it came first, and split from there: only its end tells whether it is one. What turns out to be none is read line by line if any line
/// is an event, and goes to quarantine as a whole otherwise.
/// </summary>
internal sealed class DocumentLander(LandingZone landing, IngestOptions options)
{
    public async Task<LandingManifest> LandAsync(LandingManifest manifest, Reception reception, Stream body, CancellationToken cancellationToken)
    {
        var raw = LandingZone.NewDataName(manifest.Id, LandingFormat.Malformed);
        var rawLocation = $"{landing.Store.Root}/{manifest.Stream}/{raw}";

        // Counted on the way, for the case that it is no document; there a long line matters, not here.
        using var asLines = new NdjsonInspector(int.MaxValue);
        await using var content = new InspectedStream(body, reception, asLines);
        await landing.Store.PutAsync(rawLocation, content, cancellationToken);
        manifest = manifest with { ReceivedBytes = content.Bytes, Size = content.Bytes, Sha256 = content.Sha256() };
        try
        {
            var split = await SplitAsync(manifest, rawLocation, cancellationToken);
            await landing.Store.DeleteAsync(rawLocation, cancellationToken);
            return split;
        }
        catch (JsonException)
        {
            return asLines.Events > 0
                ? manifest with { Data = raw, Format = LandingFormat.Ndjson, Events = asLines.Events, Faulty = asLines.Faulty }
                : manifest with { Data = raw, Format = LandingFormat.Malformed, Events = 0, Faulty = 1 };
        }
        catch
        {
            await landing.Store.DeleteAsync(rawLocation, CancellationToken.None);
            throw;
        }
    }

    async Task<LandingManifest> SplitAsync(LandingManifest manifest, string rawLocation, CancellationToken cancellationToken)
    {
        var data = LandingZone.NewDataName(manifest.Id, LandingFormat.Ndjson);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        using var lines = new NdjsonInspector(options.MaxLineBytes);
        await using var document = await landing.Store.OpenReadAsync(rawLocation, cancellationToken: cancellationToken);
        var splitting = WriteAsync(document, pipe.Writer, cancellationToken);
        await using var content = new InspectedStream(pipe.Reader.AsStream(), Unlimited(manifest), lines);
        try
        {
            await landing.Store.PutAsync($"{landing.Store.Root}/{manifest.Stream}/{data}", content, cancellationToken);
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await splitting;
        }

        return manifest with { Data = data, Format = LandingFormat.Ndjson, Size = content.Bytes, Events = lines.Events, Faulty = lines.Faulty };
    }

    async Task WriteAsync(Stream document, PipeWriter lines, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            using var splitter = new DocumentSplitter(document, options.MaxLineBytes);
            await splitter.WriteLinesAsync(lines, cancellationToken);
        }
        catch (Exception e)
        {
            // The reader gets it, and with it the put fails.
            failure = e;
        }

        await lines.CompleteAsync(failure);
    }

    /// <summary>The document kept to the limit already.</summary>
    static Reception Unlimited(LandingManifest manifest) => new()
    {
        Stream = Lakehouse.Sources.StreamName.TryParse(manifest.Stream, out var name) ? name : default,
        Format = ContentFormat.Ndjson,
        Limit = long.MaxValue,
        LimitWhat = "a document",
        LimitOption = "",
    };
}
