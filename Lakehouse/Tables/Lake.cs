using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Lakehouse.Storage.Caching;

namespace Lakehouse.Tables;

/// <summary>A lake: its catalog and the store that its tables lie in. The way to its tables and transactions.</summary>
/// <param name="catalog">The catalog.</param>
/// <param name="store">Store of the warehouse.</param>
/// <param name="time">Clock.</param>
/// <param name="retry">How commits are retried; the default suits services.</param>
/// <param name="cache">Cache of the files of a remote store; one below the system's temporary folder by default.</param>
public sealed class Lake(CatalogClient catalog, IObjectStore store, TimeProvider? time = null, CommitRetryOptions? retry = null, FileCache? cache = null)
{
    /// <summary>How long files are kept for work whose end nobody tells.</summary>
    static readonly TimeSpan Keep = TimeSpan.FromHours(1);

    /// <summary>The catalog.</summary>
    public CatalogClient Catalog => catalog;

    /// <summary>Store of the warehouse.</summary>
    public IObjectStore Store => store;

    /// <summary>Cache of the files of a remote store.</summary>
    public FileCache Cache { get; } = cache ?? FileCache.Of(new StorageOptions(), time);

    /// <summary>The lake's files for one piece of work: they stay until it is disposed.</summary>
    public CachedFiles OpenFiles() => new(store, Cache, time: Time);

    /// <summary>The lake's files for work that does not say when it ends: remote ones stay for an hour.</summary>
    public ILocalFiles Files => field ??= new CachedFiles(store, Cache, Keep, Time);

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; } = time ?? TimeProvider.System;

    internal CommitRetryOptions Retry { get; } = retry ?? new CommitRetryOptions();

    /// <summary>The lake on a branch, which is read and written, or at a tag, commit or time, which is read.</summary>
    /// <param name="reference">For instance <c>dev</c>, <c>run/42</c>, <c>v1</c>, <c>@123</c>; null = <c>main</c>.</param>
    public Lake On(string? reference) => new(catalog.On(reference), store, Time, Retry, Cache);

    /// <summary>A table as it is now.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such table.</exception>
    public async Task<LakeTable> LoadTableAsync(TableIdentifier table, CancellationToken cancellationToken = default) =>
        new(this, await catalog.LoadTableAsync(table, cancellationToken));

    /// <summary>A table as it is now, or null when it does not exist.</summary>
    public async Task<LakeTable?> FindTableAsync(TableIdentifier table, CancellationToken cancellationToken = default) =>
        await catalog.FindTableAsync(table, cancellationToken) is { } loaded ? new LakeTable(this, loaded) : null;

    /// <summary>A table as of metadata that is at hand; the catalog is not asked.</summary>
    public LakeTable OpenTable(LoadedTable table) => new(this, table);

    /// <summary>A Delta table that others write, by its folder; the catalog is not asked.</summary>
    public DeltaLakeTable OpenDeltaTable(TableIdentifier table, string location) => new(this, table, location);

    /// <summary>A registered Delta table that others write, or null when there is none of that name.</summary>
    public async Task<DeltaLakeTable?> FindDeltaTableAsync(TableIdentifier table, CancellationToken cancellationToken = default) =>
        await catalog.FindDeltaTableAsync(table, cancellationToken) is { } location ? new DeltaLakeTable(this, table, location) : null;

    /// <summary>Begins a transaction. Nothing of it is visible before <see cref="TableTransaction.CommitAsync"/>; disposing one that did not commit deletes what it wrote.</summary>
    /// <param name="author">Who does it: a service's name.</param>
    /// <param name="message">What is done, for people.</param>
    /// <param name="runId">Run of a pipeline that it belongs to.</param>
    /// <param name="runAttempt">Attempt of that run.</param>
    public TableTransaction BeginTransaction(string author, string message, long? runId = null, int? runAttempt = null) =>
        new(this, new CatalogCommit { Author = author, Message = message, RunId = runId, RunAttempt = runAttempt });
}
