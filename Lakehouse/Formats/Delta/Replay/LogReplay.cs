using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Log;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>The state of a table after a log was replayed (PROTOCOL.md, "Action Reconciliation").</summary>
sealed record ReplayedState(
    ProtocolAction Protocol,
    MetadataAction Metadata,
    IReadOnlyList<FileBatch> Files,
    IReadOnlyDictionary<string, TransactionAction> Transactions,
    IReadOnlyDictionary<string, DomainMetadata> Domains,
    CommitInfo? CommitInfo);

/// <summary>Replays a log backwards: the newest word on each thing counts. Files are read several at once, ahead of what is replayed.</summary>
sealed class LogReplay(IObjectStore store, IParquetReader parquet, string location)
{
    readonly FileReconciler files = new();
    readonly Dictionary<string, TransactionAction> transactions = new(StringComparer.Ordinal);
    readonly Dictionary<string, DomainMetadata> domains = new(StringComparer.Ordinal);
    ProtocolAction? protocol;
    MetadataAction? metadata;
    CommitInfo? commitInfo;

    public async Task<ReplayedState> ReplayAsync(LogSegment segment, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scanners = new SemaphoreSlim(Environment.ProcessorCount * 2);
        var commits = new CommitReader(store, scanners);
        var ahead = new Queue<Task<CommitContent>>();
        var next = segment.Deltas.Count - 1;
        var width = Math.Max(8, Environment.ProcessorCount * 2);
        try
        {
            for (var i = segment.Deltas.Count - 1; i >= 0; i--)
            {
                for (; next >= 0 && ahead.Count < width; next--)
                {
                    ahead.Enqueue(commits.ReadAsync(segment.Deltas[next], stop.Token));
                }

                Take(await ahead.Dequeue(), isNewest: i == segment.Deltas.Count - 1);
            }

            if (segment.Checkpoint is { } checkpoint)
            {
                Take(await ReadAsync(checkpoint, commits, stop.Token), isNewest: false);
            }
        }
        finally
        {
            // What was read ahead must not outlive this call.
            await stop.CancelAsync();
            await Task.WhenAll(ahead).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return new ReplayedState(
            protocol ?? throw LakehouseException.InvalidData($"The log of the Delta table {location} has no protocol action up to version {segment.Version}."),
            metadata ?? throw LakehouseException.InvalidData($"The log of the Delta table {location} has no metaData action up to version {segment.Version}."),
            files.Live,
            transactions,
            domains.Where(domain => !domain.Value.Removed).ToDictionary(domain => domain.Key, domain => domain.Value, StringComparer.Ordinal),
            commitInfo);
    }

    async Task<CommitContent> ReadAsync(Checkpoint checkpoint, CommitReader commits, CancellationToken cancellationToken)
    {
        try
        {
            return await new CheckpointReader(parquet, commits, location).ReadAsync(checkpoint, cancellationToken);
        }
        catch (LakehouseException error) when (error.Kind is LakehouseErrorKind.InvalidData or LakehouseErrorKind.NotFound)
        {
            throw new BrokenCheckpointException(error);
        }
    }

    void Take(CommitContent content, bool isNewest)
    {
        for (var i = content.Others.Count - 1; i >= 0; i--)
        {
            switch (content.Others[i])
            {
                case ProtocolAction action:
                    protocol ??= action;
                    break;
                case MetadataAction action:
                    metadata ??= action;
                    break;
                case TransactionAction action:
                    transactions.TryAdd(action.AppId, action);
                    break;
                case DomainMetadata action:
                    domains.TryAdd(action.Domain, action);
                    break;
                case CommitInfo action when isNewest:
                    commitInfo ??= action;
                    break;
            }
        }

        for (var i = content.Files.Count - 1; i >= 0; i--)
        {
            files.Take(content.Files[i]);
        }
    }
}
