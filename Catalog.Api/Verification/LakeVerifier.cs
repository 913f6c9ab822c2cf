using System.Runtime.CompilerServices;
using System.Threading.Channels;
using LakeAspire.Catalog.Backup;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Npgsql;

namespace LakeAspire.Catalog.Verification;

/// <summary>A table, view or registered Delta table that some branch or tag shows, in one of its states.</summary>
internal sealed record ShownState(Guid TableId, PointerKind Kind, string Table, string MetadataLocation, string Location, string Branch);

/// <summary>
/// Holds the store against the catalog: of all that any branch or tag shows, every file that a retained snapshot needs has to be there, with its size. A restored database may be older than the
/// store, and a restored store older than the database; this tells.
/// </summary>
internal sealed class LakeVerifier(NpgsqlDataSource database, IObjectStore store)
{
    /// <summary>How many tables are looked at at once: each knows the names of its own files only, as digests.</summary>
    const int Parallel = 8;

    /// <summary>How many footers are read at once, of all tables together.</summary>
    const int Footers = 32;

    /// <summary>How many lines wait for who reads them; beyond that the work waits, too.</summary>
    const int Waiting = 256;

    static readonly string Shown = $"""
        WITH RECURSIVE {ShownTables.Levels}, {ShownTables.Pointers("p.kind <> 2")}
        SELECT s.table_id, s.kind, s.namespace, s.name, s.metadata_location, s.location, min(b.name) FROM shown s JOIN branches b ON b.id = s.root WHERE NOT s.dropped
        GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 3, 4, 1, 5
        """;

    /// <summary>Looks at everything; progress after every table, faults as they are met.</summary>
    /// <param name="deep">Whether the footers of data files are read, too.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<VerifyLine> RunAsync(bool deep, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IReadOnlyList<IGrouping<Guid, ShownState>> tables;
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            var states = await StoredTables.QueryAsync(
                connection, Shown,
                r => new ShownState(r.GetGuid(0), (PointerKind)r.GetInt32(1), new TableName(NamespaceName.FromDatabase(r.GetString(2)), r.GetString(3)).ToString(), r.GetString(4), r.GetString(5), r.GetString(6)),
                cancellationToken);
            tables = [.. states.GroupBy(state => state.TableId)];
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var footers = new SemaphoreSlim(Footers);
        var lines = Channel.CreateBounded<VerifyLine>(Waiting);
        var totals = new VerifyTotals();
        var done = 0;
        var work = Task.Run(
            async () =>
            {
                Exception? failure = null;
                try
                {
                    await System.Threading.Tasks.Parallel.ForEachAsync(tables, new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = stop.Token }, async (table, cancellation) =>
                    {
                        var check = new TableVerifier(store, deep ? footers : null, totals, () => lines.Writer.WriteAsync(Line(VerifyLine.Progress), cancellation));
                        await foreach (var fault in FaultsAsync(check, table, cancellation))
                        {
                            totals.AddFault();
                            await lines.Writer.WriteAsync(fault, cancellation);
                        }

                        Interlocked.Increment(ref done);
                        await lines.Writer.WriteAsync(Line(VerifyLine.Progress), cancellation);
                    });
                }
                catch (Exception exception)
                {
                    failure = exception;
                }

                lines.Writer.Complete(failure);
            },
            CancellationToken.None);
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(cancellationToken))
            {
                yield return line;
            }

            yield return Line(VerifyLine.Summary);
        }
        finally
        {
            await stop.CancelAsync();
            await work;
        }

        VerifyLine Line(string kind) => new(kind) { Tables = Volatile.Read(ref done), Of = tables.Count, Files = totals.Files, Bytes = totals.Bytes, Faults = totals.Faults };
    }

    static async IAsyncEnumerable<VerifyLine> FaultsAsync(TableVerifier check, IEnumerable<ShownState> states, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var state in states)
        {
            List<VerifyLine> faults;
            try
            {
                faults = await check.CheckAsync(state, cancellationToken);
            }
            catch (LakehouseException exception) when (exception.Kind is not LakehouseErrorKind.Unavailable)
            {
                faults = [TableVerifier.Fault(state, state.MetadataLocation.Length > 0 ? state.MetadataLocation : state.Location, exception)];
            }

            foreach (var fault in faults)
            {
                yield return fault;
            }
        }
    }
}

/// <summary>What was looked at so far, of all tables.</summary>
internal sealed class VerifyTotals
{
    long files;
    long bytes;
    long faults;

    public long Files => Interlocked.Read(ref files);

    public long Bytes => Interlocked.Read(ref bytes);

    public long Faults => Interlocked.Read(ref faults);

    /// <returns>How many files it are by now.</returns>
    public long AddFile() => Interlocked.Increment(ref files);

    public void AddBytes(long size) => Interlocked.Add(ref bytes, size);

    public void AddFault() => Interlocked.Increment(ref faults);
}

/// <summary>A line of the report: <c>fault</c>, <c>progress</c>, or, at its end, <c>summary</c>.</summary>
internal sealed record VerifyLine(string Line)
{
    public const string FaultLine = "fault";
    public const string Progress = "progress";
    public const string Summary = "summary";

    public int? Tables { get; init; }

    public int? Of { get; init; }

    public long? Files { get; init; }

    public long? Bytes { get; init; }

    public long? Faults { get; init; }

    /// <summary>missing, different or unreadable.</summary>
    public string? Kind { get; init; }

    public string? Table { get; init; }

    /// <summary>A branch or tag that shows it.</summary>
    public string? Branch { get; init; }

    public string? Location { get; init; }

    public string? Message { get; init; }
}
