using System.Collections.Concurrent;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Npgsql;

namespace LakeAspire.Catalog.Access.Keys;

/// <summary>When keys were last used: noted in memory, written every now and then. And what is over is removed: sessions and failed sign-ins of long ago.</summary>
internal sealed class KeyUse(NpgsqlDataSource database, MigrationState migrations, TimeProvider time, ILogger<KeyUse> logger) : BackgroundService
{
    static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    static readonly TimeSpan Forgotten = TimeSpan.FromDays(90);
    const string Update = """
        UPDATE api_keys k SET last_used_at = u.at FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, at)
        WHERE k.id = u.id AND (k.last_used_at IS NULL OR k.last_used_at < u.at)
        """;

    readonly ConcurrentDictionary<Guid, DateTimeOffset> used = new();

    public void Used(Guid id) => used[id] = StoredTime.Now(time);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, time);
        try
        {
            for (var round = 0L; await timer.WaitForNextTickAsync(stoppingToken); round++)
            {
                if (!migrations.IsCurrent)
                {
                    continue;
                }

                try
                {
                    await WriteAsync(stoppingToken);
                    if (round % 720 == 1)
                    {
                        await TidyAsync(stoppingToken);
                    }
                }
                catch (NpgsqlException exception)
                {
                    AccessLog.CareFailed(logger, exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The service ends.
        }
    }

    async Task WriteAsync(CancellationToken cancellationToken)
    {
        var noted = used.ToArray();
        if (noted.Length == 0)
        {
            return;
        }

        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.Command(Update, noted.Select(n => n.Key).ToArray(), noted.Select(n => n.Value).ToArray()));
        await batch.ExecuteNonQueryAsync(cancellationToken);
        foreach (var entry in noted)
        {
            used.TryRemove(entry);
        }
    }

    async Task TidyAsync(CancellationToken cancellationToken)
    {
        var before = StoredTime.Now(time) - Forgotten;
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Sql.Command("DELETE FROM sign_in_sessions WHERE expires_at < $1", before));
        batch.BatchCommands.Add(Sql.Command("DELETE FROM sign_in_throttles WHERE since < $1", before));
        await batch.ExecuteNonQueryAsync(cancellationToken);
    }
}
