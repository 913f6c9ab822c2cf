using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Upkeep;

/// <summary>
/// The lease under which files of a table are deleted. It is taken before it is asked what branches point to. A branch that is made at a past state after that is not among them: while the lease is held the catalog looks at no
/// such state of the table, and afterwards it sees what is gone. So nothing is deleted when the lease may be over, and one that was over is not taken up again: what was made meanwhile is not among the pointers.
/// </summary>
internal sealed class FileHold(Lake lake, TableIdentifier table) : IAsyncDisposable
{
    static readonly TimeSpan Ttl = TimeSpan.FromMinutes(1);

    readonly string holder = $"upkeep-{Guid.CreateVersion7():n}";
    readonly CancellationTokenSource ended = new();
    HeldFiles? held;
    Task renewing = Task.CompletedTask;
    long heldSince;
    bool isOver;
    volatile bool isLost;

    /// <summary>Whether files may be deleted still. Half of the time that the catalog gave is kept for what is under way.</summary>
    public bool IsHeld => held is not null && !isLost && lake.Time.GetElapsedTime(Interlocked.Read(ref heldSince)) < Ttl / 2;

    /// <summary>Takes the lease, and reads what branches, tags and dropped tables that may come back point to.</summary>
    /// <exception cref="LakehouseException">Conflict: another worker deletes files of the table, or it was replaced by another.</exception>
    public async Task<IReadOnlyList<TableMetadata>> ReadPointersAsync(Guid uuid, CancellationToken cancellationToken) =>
        await OtherPointers.ReadAsync(lake, table, uuid, await TakeAsync(cancellationToken), cancellationToken);

    /// <summary>Takes the lease, once.</summary>
    /// <returns>Where the metadata lies that something points to.</returns>
    public async Task<IReadOnlyList<string>> TakeAsync(CancellationToken cancellationToken)
    {
        var since = lake.Time.GetTimestamp();
        held = await lake.Catalog.HoldFilesAsync(table, holder, Ttl, held?.Token, cancellationToken);
        if (Interlocked.Exchange(ref heldSince, since) == 0)
        {
            renewing = RenewAsync(held.Token, ended.Token);
        }

        return [.. held.Pointers.Select(pointer => pointer.MetadataLocation).Distinct(StringComparer.Ordinal)];
    }

    public async ValueTask DisposeAsync()
    {
        if (isOver)
        {
            return;
        }

        isOver = true;
        await ended.CancelAsync();
        await renewing;
        ended.Dispose();
        if (held is null)
        {
            return;
        }

        try
        {
            await lake.Catalog.ReleaseFilesAsync(table, holder, held.Token, CancellationToken.None);
        }
        catch (LakehouseException)
        {
            // It ends by itself.
        }
    }

    async Task RenewAsync(long token, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Ttl / 6, lake.Time, cancellationToken);
                var now = lake.Time.GetTimestamp();
                try
                {
                    await lake.Catalog.HoldFilesAsync(table, holder, Ttl, token, cancellationToken);
                    if (!IsHeld)
                    {
                        isLost = true;
                        return;
                    }

                    Interlocked.Exchange(ref heldSince, now);
                }
                catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Unavailable)
                {
                    // Tried again; meanwhile the time runs out.
                }
            }
        }
        catch (OperationCanceledException)
        {
            // It is over.
        }
        catch (LakehouseException)
        {
            isLost = true;
        }
    }
}
