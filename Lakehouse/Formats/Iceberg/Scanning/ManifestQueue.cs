using System.Runtime.CompilerServices;

namespace Lakehouse.Formats.Iceberg;

/// <summary>Reads several manifests at once and gives their entries in order.</summary>
internal static class ManifestQueue
{
    private const int MaxManifests = 16;
    private const long MaxBytes = 32L * 1024 * 1024;

    // A manifest of a list that does not say how long it is.
    private const long AssumedBytes = 8L * 1024 * 1024;

    /// <summary>The entries of the manifests. Whoever stops early leaves nothing running.</summary>
    public static async IAsyncEnumerable<ManifestEntry> ReadAsync(
        IEnumerable<ManifestFile> manifests, Func<ManifestFile, CancellationToken, Task<List<ManifestEntry>>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = new Queue<(Task<List<ManifestEntry>> Entries, long Bytes)>();
        var bytes = 0L;
        try
        {
            foreach (var manifest in manifests)
            {
                var length = manifest.ManifestLength > 0 ? manifest.ManifestLength : AssumedBytes;
                while (reading.Count > 0 && (reading.Count >= MaxManifests || bytes + length > MaxBytes))
                {
                    var (oldest, size) = reading.Dequeue();
                    bytes -= size;
                    foreach (var entry in await oldest.ConfigureAwait(false))
                    {
                        yield return entry;
                    }
                }

                bytes += length;
                // Unpacking and decoding is work for a processor: off the caller's thread, so that several share it.
                reading.Enqueue((Task.Run(() => read(manifest, stop.Token), stop.Token), length));
            }

            while (reading.TryDequeue(out var next))
            {
                foreach (var entry in await next.Entries.ConfigureAwait(false))
                {
                    yield return entry;
                }
            }
        }
        finally
        {
            // Who stops early leaves reads behind: they end before their source of cancellation does.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)Task.WhenAll(reading.Select(next => next.Entries))).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
