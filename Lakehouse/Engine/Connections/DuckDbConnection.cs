using Lakehouse.Engine.Native;

namespace Lakehouse.Engine;

/// <summary>
/// A connection. It runs one statement at a time; a result that is read holds it until it is disposed. Statements run on threads of their own, never on the pool's, and are interrupted when
/// their token is cancelled (within milliseconds, but not while they are still planned: cap the length of foreign SQL).
/// Values for <c>?</c> or <c>$1</c>: null, bool, int, long, <see cref="Int128"/>, float, double, decimal, string, byte[], <see cref="Guid"/>, <see cref="DateOnly"/>, <see cref="TimeOnly"/>,
/// <see cref="DateTime"/> (timestamp), <see cref="DateTimeOffset"/> (timestamptz), and lists of strings.
/// </summary>
public sealed class DuckDbConnection : IDisposable
{
    readonly ConnectionHandle handle;
    int busy;

    internal DuckDbConnection(ConnectionHandle handle) => this.handle = handle;

    /// <summary>How far the running statement is; needs <see cref="DuckDbOptions.TrackProgress"/>. May be read by any thread.</summary>
    public QueryProgress Progress
    {
        get
        {
            var progress = NativeMethods.duckdb_query_progress(handle);
            return new QueryProgress(progress.Percentage < 0 ? null : progress.Percentage, (long)progress.RowsProcessed, (long)progress.TotalRows);
        }
    }

    internal ConnectionHandle Handle => handle;

    /// <summary>Runs SQL, one statement or several (with parameters only one), and gives the number of rows that the last one changed.</summary>
    /// <exception cref="EngineException">DuckDB refuses or fails.</exception>
    public Task<long> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        UseAsync(() => StatementRun.Execute(handle, sql, parameters ?? [], cancellationToken), cancellationToken);

    /// <summary>Starts one statement and gives its result, whose batches are computed while they are read.</summary>
    /// <exception cref="EngineException">DuckDB refuses or fails.</exception>
    public Task<DuckDbResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        Take();
        return DuckDbResult.StartAsync(this, sql, parameters ?? [], cancellationToken);
    }

    /// <summary>Parses and plans one statement, and gives its columns without running it; what DuckDB says of a mistake names the line and place in exactly this text.</summary>
    /// <exception cref="EngineException">DuckDB refuses the statement.</exception>
    /// <exception cref="Formats.LakehouseException">Unsupported: a column is of a type that no result has.</exception>
    public Task<IReadOnlyList<ResultColumn>> DescribeAsync(string sql, CancellationToken cancellationToken = default) => UseAsync(() => StatementRun.Describe(handle, sql, cancellationToken), cancellationToken);

    /// <summary>Parses a text without planning it, and gives the number of its statements.</summary>
    /// <exception cref="EngineException">It is not SQL, or there is no statement.</exception>
    public Task<int> ParseAsync(string sql, CancellationToken cancellationToken = default) => UseAsync(() => StatementRun.Count(handle, sql), cancellationToken);

    /// <summary>The first value of the first row as <typeparamref name="T"/> (a layout of <see cref="Formats.Columns.ColumnVector"/>, or string); default when there is no row or it is null.</summary>
    /// <exception cref="EngineException">DuckDB refuses or fails.</exception>
    public async Task<T?> ScalarAsync<T>(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        await using var result = await QueryAsync(sql, parameters, cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                if (batch.RowCount > 0)
                {
                    return Results.Scalars.Get<T>(batch.Columns[0], 0);
                }
            }
        }

        return default;
    }

    /// <inheritdoc />
    public void Dispose() => handle.Dispose();

    internal void Execute(string sql) => StatementRun.Execute(handle, sql, [], CancellationToken.None);

    internal CancellationTokenRegistration InterruptOn(CancellationToken cancellationToken) =>
        cancellationToken.UnsafeRegister(static state => ((DuckDbConnection)state!).Interrupt(), this);

    internal void Release() => Volatile.Write(ref busy, 0);

    Task<T> UseAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        Take();
        return EngineThread.RunAsync(
            () =>
            {
                try
                {
                    using var interrupt = InterruptOn(cancellationToken);
                    return work();
                }
                finally
                {
                    Release();
                }
            });
    }

    void Interrupt()
    {
        if (!handle.IsClosed)
        {
            NativeMethods.duckdb_interrupt(handle);
        }
    }

    void Take()
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        if (Interlocked.Exchange(ref busy, 1) != 0)
        {
            throw new InvalidOperationException("The connection is at work on a statement, or its result is not yet disposed: take another connection for each statement at a time.");
        }
    }
}

/// <summary>How far a statement is.</summary>
/// <param name="Percentage">0 to 100; null when unknown.</param>
/// <param name="Rows">Rows so far.</param>
/// <param name="TotalRows">Rows expected.</param>
public readonly record struct QueryProgress(double? Percentage, long Rows, long TotalRows);
