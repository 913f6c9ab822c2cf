using Lakehouse.Engine;
using Lakehouse.Formats.Columns;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>What a statement did. Dispose it before the session's next statement.</summary>
public sealed class SessionResult : IAsyncDisposable
{
    readonly DuckDbResult? result;
    readonly Func<Exception, Exception>? place;

    internal SessionResult(string command, long? rows) => (Command, Rows) = (command, rows);

    internal SessionResult(DuckDbResult result, Func<Exception, Exception> place) => (Command, this.result, this.place) = ("SELECT", result, place);

    /// <summary>What kind of statement it was: <c>SELECT</c>, <c>INSERT</c>, <c>CREATE TABLE</c>, …; empty when there was none.</summary>
    public string Command { get; }

    /// <summary>Rows that it wrote, changed or removed; null when it does none of that.</summary>
    public long? Rows { get; }

    /// <summary>Whether it gives rows.</summary>
    public bool HasRows => result is not null;

    /// <summary>The columns of its rows; none when it gives none.</summary>
    public IReadOnlyList<ResultColumn> Columns => result?.Columns ?? [];

    /// <summary>Its rows, once, as batches of columns. Each is the reader's to dispose.</summary>
    /// <exception cref="SessionException">DuckDB fails; the batches so far are a part of the result.</exception>
    public async IAsyncEnumerable<ColumnBatch> ReadAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        if (result is null)
        {
            yield break;
        }

        await using var batches = result.ReadAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await batches.MoveNextAsync())
                {
                    break;
                }
            }
            catch (EngineException error)
            {
                throw place!(error);
            }

            yield return batches.Current;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => result?.DisposeAsync() ?? ValueTask.CompletedTask;
}
