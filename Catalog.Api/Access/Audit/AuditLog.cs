using System.Text.Json;
using System.Threading.Channels;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Npgsql;

namespace LakeAspire.Catalog.Access.Audit;

/// <summary>What the log says of one thing.</summary>
internal sealed record AuditEntry(Guid? PrincipalId, string Principal, string Action, string Outcome, string Securable, string? Branch, string Detail = "{}")
{
    public const string Allowed = "allowed";
    public const string Denied = "denied";
    public const string Changed = "changed";

    /// <summary>A change that somebody made.</summary>
    public static AuditEntry Change(Caller caller, string action, string securable, object? detail = null, string? branch = null) =>
        new(caller.Id, caller.Name, action, Changed, securable, branch, detail is null ? "{}" : JsonSerializer.Serialize(detail, JsonSerializerOptions.Web));
}

/// <summary>
/// The audit log. Changes are written in the transaction that makes them. Decisions wait a moment in memory and are written many at a time, equal ones as one row with a count; when more
/// wait than fit, whoever asks next waits too: nothing is left out. What was decided in the last moment before a crash is lost.
/// </summary>
internal sealed class AuditLog(NpgsqlDataSource database, TimeProvider time, ILogger<AuditLog> logger) : BackgroundService
{
    const int Capacity = 20_000;
    const int MaxBatch = 2_000;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    const string Insert = """
        INSERT INTO audit (at, principal_id, principal, action, outcome, securable, branch, count, detail)
        SELECT a.at, a.principal_id, a.principal, a.action, a.outcome, a.securable, a.branch, a.count, a.detail::jsonb
        FROM unnest($1::timestamptz[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::int[], $9::text[])
            AS a (at, principal_id, principal, action, outcome, securable, branch, count, detail)
        """;

    readonly Channel<(DateTimeOffset At, AuditEntry Entry)> waiting = Channel.CreateBounded<(DateTimeOffset, AuditEntry)>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ValueTask DecidedAsync(Caller caller, Privilege privilege, Securable securable, string branch, bool allowed, CancellationToken cancellationToken) =>
        WriteAsync(new AuditEntry(caller.Id, caller.Name, privilege.Text(), allowed ? AuditEntry.Allowed : AuditEntry.Denied, securable.Text, branch), cancellationToken);

    /// <summary>Notes something that no transaction of its own makes.</summary>
    public ValueTask WriteAsync(AuditEntry entry, CancellationToken cancellationToken) => waiting.Writer.WriteAsync((StoredTime.Now(time), entry), cancellationToken);

    /// <summary>The statement that notes a change within its transaction.</summary>
    public static NpgsqlBatchCommand Command(AuditEntry entry, DateTimeOffset at) => Command([(at, entry, 1)]);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (await waiting.Reader.WaitToReadAsync(stoppingToken))
            {
                await WriteWaitingAsync(stoppingToken);
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What still waits is written by StopAsync.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        waiting.Writer.TryComplete();
        await WriteWaitingAsync(cancellationToken);
    }

    async Task WriteWaitingAsync(CancellationToken cancellationToken)
    {
        var batch = new List<(DateTimeOffset At, AuditEntry Entry)>();
        while (batch.Count < MaxBatch && waiting.Reader.TryRead(out var entry))
        {
            batch.Add(entry);
        }

        if (batch.Count == 0)
        {
            return;
        }

        var rows = batch.GroupBy(b => b.Entry).Select(g => (g.First().At, g.Key, g.Count())).ToList();
        while (true)
        {
            try
            {
                await using var command = database.CreateBatch();
                command.BatchCommands.Add(Command(rows));
                await command.ExecuteNonQueryAsync(cancellationToken);
                return;
            }
            catch (NpgsqlException exception) when (!cancellationToken.IsCancellationRequested)
            {
                AccessLog.AuditDelayed(logger, exception, rows.Count);
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    static NpgsqlBatchCommand Command(IReadOnlyList<(DateTimeOffset At, AuditEntry Entry, int Count)> rows) => Sql.Command(
        Insert,
        rows.Select(r => r.At).ToArray(),
        rows.Select(r => r.Entry.PrincipalId).ToArray(),
        rows.Select(r => r.Entry.Principal).ToArray(),
        rows.Select(r => r.Entry.Action).ToArray(),
        rows.Select(r => r.Entry.Outcome).ToArray(),
        rows.Select(r => r.Entry.Securable).ToArray(),
        rows.Select(r => r.Entry.Branch).ToArray(),
        rows.Select(r => r.Count).ToArray(),
        rows.Select(r => r.Entry.Detail).ToArray());
}
