using System.Collections.Concurrent;
using Lakehouse.Engine;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions;

/// <summary>
/// Sessions of SQL on one branch of the lake, as connections are to one database: each sees what the others have committed, and has temporary tables, settings and a transaction of its own. Macros and types that one makes are there for all.
/// </summary>
/// <param name="lake">The lake on the branch (<see cref="Lake.On"/>).</param>
/// <param name="options">How they work.</param>
public sealed class LakeSessions(Lake lake, SessionOptions? options = null) : IAsyncDisposable
{
    readonly ConcurrentBag<SessionDatabase> idle = [];
    readonly Lock defining = new();
    readonly List<SharedDefinition> definitions = [];
    int disposed;

    /// <summary>The lake on the branch.</summary>
    public Lake Lake => lake;

    /// <summary>How they work.</summary>
    public SessionOptions Options { get; } = options ?? new SessionOptions();

    internal LakeNames Names { get; } = new(lake, (options ?? new SessionOptions()).IsShared);

    internal RelationSources Sources { get; } = new(lake);

    /// <summary>Opens a session; dispose it to give its engine to the next one. Sessions may work at the same time, each for one caller at a time.</summary>
    public async Task<LakeSession> OpenAsync(CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(disposed != 0, this);
        if (!idle.TryTake(out var database))
        {
            database = await SessionDatabase.OpenAsync(Options, Sources, cancellationToken);
        }

        try
        {
            return await LakeSession.OpenAsync(this, database, cancellationToken);
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 0)
        {
            while (idle.TryTake(out var database))
            {
                database.Dispose();
            }

            Sources.Dispose();
            Names.Dispose();
        }

        return ValueTask.CompletedTask;
    }

    internal void Return(SessionDatabase database)
    {
        if (disposed != 0)
        {
            database.Dispose();
        }
        else
        {
            idle.Add(database);
        }
    }

    /// <summary>Takes note of a macro or the like, which other databases make when they come to their next statement.</summary>
    internal int Define(SharedDefinition definition)
    {
        lock (defining)
        {
            definitions.Add(definition);
            return definitions.Count;
        }
    }

    internal IReadOnlyList<SharedDefinition> DefinitionsFrom(int first)
    {
        lock (defining)
        {
            return first >= definitions.Count ? [] : definitions[first..];
        }
    }
}

/// <summary>A macro, type or sequence that a session made for all.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Sql">The statement.</param>
/// <param name="Schema">Namespace of names without one.</param>
internal sealed record SharedDefinition(string Name, string Sql, string Schema);
