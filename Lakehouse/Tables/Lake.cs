using Lakehouse.Formats;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables;

/// <summary>A lake: its catalog and the store that its tables lie in. The way to its tables and transactions.</summary>
/// <param name="catalog">The catalog.</param>
/// <param name="store">Store of the warehouse.</param>
/// <param name="time">Clock.</param>
/// <param name="retry">How commits are retried; the default suits services.</param>
public sealed class Lake(CatalogClient catalog, IObjectStore store, TimeProvider? time = null, CommitRetryOptions? retry = null)
{
    /// <summary>The catalog.</summary>
    public CatalogClient Catalog => catalog;

    /// <summary>Store of the warehouse.</summary>
    public IObjectStore Store => store;

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    internal CommitRetryOptions Retry { get; } = retry ?? new CommitRetryOptions();

    /// <summary>A table as it is now.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such table.</exception>
    public async Task<LakeTable> LoadTableAsync(TableIdentifier table, CancellationToken cancellationToken = default) =>
        new(this, await catalog.LoadTableAsync(table, cancellationToken));

    /// <summary>A table as it is now, or null when it does not exist.</summary>
    public async Task<LakeTable?> FindTableAsync(TableIdentifier table, CancellationToken cancellationToken = default) =>
        await catalog.FindTableAsync(table, cancellationToken) is { } loaded ? new LakeTable(this, loaded) : null;

    /// <summary>Begins a transaction. Nothing of it is visible before <see cref="TableTransaction.CommitAsync"/>; disposing one that did not commit deletes what it wrote.</summary>
    /// <param name="author">Who does it: a service's name.</param>
    /// <param name="message">What is done, for people.</param>
    /// <param name="runId">Run of a pipeline that it belongs to.</param>
    /// <param name="runAttempt">Attempt of that run.</param>
    public TableTransaction BeginTransaction(string author, string message, long? runId = null, int? runAttempt = null) =>
        new(this, new CatalogCommit { Author = author, Message = message, RunId = runId, RunAttempt = runAttempt });
}
