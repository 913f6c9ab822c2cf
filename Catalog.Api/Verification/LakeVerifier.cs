using System.Runtime.CompilerServices;
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
                r => new ShownState(r.GetGuid(0), (PointerKind)r.GetInt32(1), $"{NamespaceName.FromDatabase(r.GetString(2)).Dotted}.{r.GetString(3)}", r.GetString(4), r.GetString(5), r.GetString(6)),
                cancellationToken);
            tables = [.. states.GroupBy(state => state.TableId)];
        }

        var done = 0;
        long files = 0, bytes = 0, faults = 0;
        foreach (var table in tables)
        {
            var check = new TableVerifier(store, deep);
            await foreach (var fault in FaultsAsync(check, table, cancellationToken))
            {
                faults++;
                yield return fault;
            }

            done++;
            files += check.Files;
            bytes += check.Bytes;
            yield return new VerifyLine(done == tables.Count ? VerifyLine.Summary : VerifyLine.Progress) { Tables = done, Of = tables.Count, Files = files, Bytes = bytes, Faults = faults };
        }

        if (tables.Count == 0)
        {
            yield return new VerifyLine(VerifyLine.Summary) { Tables = 0, Of = 0, Files = 0, Bytes = 0, Faults = 0 };
        }
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
