using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Principals;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Lineage.Events;
using LakeAspire.Catalog.Lineage.Sending;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>
/// Takes in what commits brought, the oldest first. Instances share the work: a row that one works on the others pass by. One that dies leaves the row to the next; an event that is taken in twice
/// counts once. An event that is no valid one is logged and left out.
/// </summary>
internal sealed class InboxReader(
    NpgsqlDataSource database, LineageStore store, IAccess access, MigrationState state, InboxSignal signal, IOptions<LineageOptions> options, TimeProvider time, ILogger<InboxReader> logger) : BackgroundService
{
    const int MaxAttempts = 20;

    const string Next = """
        UPDATE lineage_inbox SET attempts = attempts + 1 WHERE id = (SELECT id FROM lineage_inbox WHERE attempts < $1 ORDER BY attempts, id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, commit_id, events, attempts
        """;

    /// <summary>Commits are this installation's own word.</summary>
    readonly Reporter reporter = new(access, new Caller(Id: null, BuiltIn.Itself, IsOperator: true, []));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                while (state.IsCurrent && await TakeNextAsync(stoppingToken))
                {
                    // There may be more.
                }
            }
            catch (NpgsqlException exception)
            {
                Log.CommitLineageWaits(logger, exception.Message);
            }

            await signal.WaitAsync(options.Value.PollInterval, time, stoppingToken);
        }
    }

    async Task<bool> TakeNextAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var statements = new Statements(connection);
        (long Id, long CommitId, string Events, int Attempts) row;

        // The row is held for as long as it is worked on, by a transaction that only counts the attempt.
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(Next, connection) { Parameters = { new NpgsqlParameter { Value = MaxAttempts } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            if (!await reader.ReadAsync(cancellationToken))
            {
                return false;
            }

            row = (reader.GetInt64(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt32(3));
        }

        try
        {
            await TakeAsync(row.CommitId, row.Events, cancellationToken);
            await statements.ExecuteAsync("DELETE FROM lineage_inbox WHERE id = $1", cancellationToken, row.Id);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or NpgsqlException { IsTransient: true }))
        {
            if (row.Attempts < MaxAttempts)
            {
                Log.CommitLineageWaits(logger, exception.Message);
            }
            else
            {
                Log.CommitLineageFailed(logger, exception, row.CommitId);
            }

            await transaction.CommitAsync(cancellationToken);
            return false;
        }

        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    async Task TakeAsync(long commitId, string events, CancellationToken cancellationToken)
    {
        var reader = new EventReader(options.Value, time);
        List<JsonNode?> all;
        try
        {
            all = [.. CommitInbox.Events(events, commitId)];
        }
        catch (JsonException exception)
        {
            Log.CommitLineageRefused(logger, commitId, exception.Message);
            return;
        }

        foreach (var happened in all)
        {
            try
            {
                await store.TakeAsync(reader.Read(happened), reporter, cancellationToken);
            }
            catch (Exception exception) when (exception is EventRefusedException or JsonException or ApiException { Status: >= 400 and < 500 })
            {
                Log.CommitLineageRefused(logger, commitId, exception.Message);
            }
        }
    }
}

/// <summary>Wakes the reader when a commit of this instance brought lineage.</summary>
internal sealed class InboxSignal : WorkSignal;
