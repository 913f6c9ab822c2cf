using System.Net;
using System.Net.Http.Headers;
using System.Text;
using LakeAspire.Catalog.Database;
using Microsoft.Extensions.Options;
using Npgsql;

namespace LakeAspire.Catalog.Lineage.Sending;

/// <summary>
/// Sends events on to <see cref="LineageOptions.Url"/>. Of several instances of the service the one that holds an advisory lock of the database sends; when it goes, its connection and so the
/// lock go with it. Events of one run are sent in the order in which they came: while one waits to be tried again, those behind it wait too, and other runs go on. At least once.
/// </summary>
internal sealed class OutboxSender(
    NpgsqlDataSource database, MigrationState state, OutboxSignal signal, OwnAddress own, IHttpClientFactory clients, IOptions<LineageOptions> options, TimeProvider time, ILogger<OutboxSender> logger) : BackgroundService
{
    public const string ClientName = "openlineage";

    const int BatchSize = 100;

    /// <summary>Of this product and this purpose.</summary>
    const long Lock = 0x4C41_4B45_4F4C_0001;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.Url is null)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            if (state.IsCurrent)
            {
                try
                {
                    await SendWhileLockedAsync(stoppingToken);
                }
                catch (NpgsqlException exception)
                {
                    Log.LineageNotSent(logger, exception.Message);
                }
            }

            await signal.WaitAsync(options.Value.PollInterval, time, stoppingToken);
        }
    }

    async Task SendWhileLockedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var locking = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new NpgsqlParameter { Value = Lock } } };
        if (await locking.ExecuteScalarAsync(cancellationToken) is not true)
        {
            return;
        }

        try
        {
            while (await SendSomeAsync(connection, cancellationToken) > 0)
            {
                // There may be more.
            }

            await DropAsync(connection, cancellationToken);
        }
        finally
        {
            await using var unlocking = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new NpgsqlParameter { Value = Lock } } };
            await unlocking.ExecuteScalarAsync(CancellationToken.None);
        }
    }

    /// <summary>Sends what is due, the oldest of each run.</summary>
    async Task<int> SendSomeAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var due = new List<(long Id, string Event, DateTimeOffset CreatedAt, int Attempts)>();
        await using (var command = new NpgsqlCommand(
            """
            SELECT o.id, o.event, o.created_at, o.attempts FROM lineage_outbox o
            WHERE o.next_at <= $1 AND NOT EXISTS (SELECT 1 FROM lineage_outbox b WHERE b.order_key = o.order_key AND b.id < o.id)
            ORDER BY o.id LIMIT $2
            """,
            connection) { Parameters = { new NpgsqlParameter { Value = time.GetUtcNow() }, new NpgsqlParameter { Value = BatchSize } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                due.Add((reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt32(3)));
            }
        }

        var sent = 0;
        foreach (var (id, body, createdAt, attempts) in due)
        {
            switch (await SendAsync(body, cancellationToken))
            {
                case null:
                    await ExecuteAsync(connection, "DELETE FROM lineage_outbox WHERE id = $1", cancellationToken, id);
                    sent++;
                    break;
                case { IsFinal: true } failure:
                    Log.LineageRefused(logger, options.Value.Url!.GetLeftPart(UriPartial.Path), failure.Reason);
                    await ExecuteAsync(connection, "DELETE FROM lineage_outbox WHERE id = $1", cancellationToken, id);
                    sent++;
                    break;
                case var failure when time.GetUtcNow() - createdAt > options.Value.SendFor:
                    Log.LineageGivenUp(logger, attempts + 1, failure.Reason);
                    await ExecuteAsync(connection, "DELETE FROM lineage_outbox WHERE id = $1", cancellationToken, id);
                    sent++;
                    break;
                case var failure:
                    Log.LineageNotSent(logger, failure.Reason);
                    await ExecuteAsync(
                        connection, "UPDATE lineage_outbox SET attempts = attempts + 1, next_at = $2, error = $3 WHERE id = $1", cancellationToken, id, time.GetUtcNow() + Pause(attempts), failure.Reason);
                    if (failure.IsOfServer)
                    {
                        // Nothing else would get through either.
                        return 0;
                    }

                    break;
            }
        }

        return sent;
    }

    /// <summary>Drops the oldest of what is too much to wait.</summary>
    async Task DropAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("DELETE FROM lineage_outbox WHERE id <= (SELECT id FROM lineage_outbox ORDER BY id DESC OFFSET $1 LIMIT 1)", connection)
        {
            Parameters = { new NpgsqlParameter { Value = options.Value.MaxWaiting } },
        };
        if (await command.ExecuteNonQueryAsync(cancellationToken) is > 0 and var dropped)
        {
            Log.LineageDropped(logger, dropped);
        }
    }

    TimeSpan Pause(int attempts)
    {
        var pause = options.Value.RetryPause * Math.Pow(2, Math.Min(attempts, 20));
        return (pause < options.Value.MaxRetryPause ? pause : options.Value.MaxRetryPause) * (0.75 + (Random.Shared.NextDouble() / 2));
    }

    /// <summary>Sends an event; null when it was taken.</summary>
    async Task<Failure?> SendAsync(string body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Value.Url) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add(OwnAddress.SenderHeader, own.Mark);
        if (options.Value.Key is { Length: > 0 } key)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        try
        {
            using var response = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode switch
            {
                >= HttpStatusCode.OK and < HttpStatusCode.MultipleChoices => null,
                HttpStatusCode.LoopDetected => new Failure("it leads back to this installation, see Catalog:OpenLineage:Url", IsFinal: true, IsOfServer: false),
                HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.NotFound or >= HttpStatusCode.InternalServerError =>
                    new Failure($"it answers {(int)response.StatusCode}", IsFinal: false, IsOfServer: response.StatusCode != HttpStatusCode.InternalServerError),
                _ => new Failure($"it answers {(int)response.StatusCode}", IsFinal: true, IsOfServer: false),
            };
        }
        catch (HttpRequestException exception)
        {
            return new Failure(exception.Message, IsFinal: false, IsOfServer: true);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Failure("it does not answer in time", IsFinal: false, IsOfServer: true);
        }
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken, params object[] parameters)
    {
        await using var command = new NpgsqlCommand(text, connection);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <param name="Reason">What happened.</param>
    /// <param name="IsFinal">Whether trying again would be of no use.</param>
    /// <param name="IsOfServer">Whether it says nothing of this event.</param>
    sealed record Failure(string Reason, bool IsFinal, bool IsOfServer);
}
