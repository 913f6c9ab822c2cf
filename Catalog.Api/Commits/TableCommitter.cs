using System.Collections.Concurrent;
using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Commits;

/// <summary>A change of one table as a client asks for it.</summary>
internal sealed record TableChangeRequest(TableName Table, IReadOnlyList<TableRequirement> Requirements, IReadOnlyList<TableUpdate> Updates);

/// <summary>A table as a commit left it.</summary>
internal sealed record CommittedTable(TableName Table, string MetadataLocation, TableMetadata Metadata);

/// <summary>What a commit did; no id when nothing had to change.</summary>
internal sealed record CommittedTables(long? CommitId, IReadOnlyList<CommittedTable> Tables);

/// <summary>
/// Turns requests into commits: reads the tables, applies the pure commit rules, writes the new metadata files, and has <see cref="CommitStore"/> swap the pointers.
/// When another commit was first the rules are applied again to what it left; the requirements then say whether the change still holds.
/// </summary>
internal sealed class TableCommitter(CommitStore store, CommitRunner runner, TableLookup lookup, MetadataFiles files, WarehouseLocations locations, TimeProvider time)
{
    const int Attempts = 20;
    readonly TableTurns turns = new();
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Commits all changes, or none.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">The answer that says why not, or that the outcome is unknown.</exception>
    public async Task<CommittedTables> CommitAsync(IReadOnlyList<TableChangeRequest> changes, CommitRequest template, CancellationToken cancellationToken)
    {
        template.View.Writable();
        var checkedChanges = changes.Select(change => change with { Updates = locations.Checked(change.Updates) }).ToList();
        for (var attempt = 1; ; attempt++)
        {
            var written = new ConcurrentBag<string>();
            var (outcome, tables) = await turns.RunAsync(
                checkedChanges.Select(change => (template.View.BranchId, change.Table)), () => TryAsync(checkedChanges, template, written, cancellationToken), cancellationToken);
            switch (outcome)
            {
                case null:
                    return new CommittedTables(CommitId: null, tables);
                case CommitOutcome.Committed committed:
                    return new CommittedTables(committed.Id, tables);
                case CommitOutcome.Moved or CommitOutcome.NameTaken when attempt < Attempts:
                    await Task.Delay(Pause * attempt * Random.Shared.NextDouble(), time, cancellationToken);
                    break;
                default:
                    throw CommitRunner.ErrorOf(outcome);
            }
        }
    }

    async Task<(CommitOutcome? Outcome, IReadOnlyList<CommittedTable> Tables)> TryAsync(
        List<TableChangeRequest> changes, CommitRequest template, ConcurrentBag<string> written, CancellationToken cancellationToken)
    {
        var pointers = changes.Count == 0 ? [] : await lookup.FindAsync(template.View, changes.Select(c => c.Table).ToList(), cancellationToken);
        foreach (var change in changes)
        {
            CheckedNames.Demand(template.View, change.Table, pointers.GetValueOrDefault(change.Table)?.TableId, isCommit: true);
        }

        var plans = new List<Plan>(changes.Count);
        foreach (var change in changes)
        {
            plans.Add(await PlanAsync(template, change, pointers.GetValueOrDefault(change.Table), cancellationToken));
        }

        var keep = false;
        try
        {
            var tables = await Task.WhenAll(plans.Select(plan => WriteAsync(plan, written, cancellationToken)));
            var request = template with
            {
                Pointers = plans.Zip(tables).Where(p => p.First.Changed).Select(p => p.First.Swap(p.Second.MetadataLocation, template.Owner)).ToList(),
                Guards = plans.Where(p => !p.Changed).Select(p => new PointerGuard(p.TableId, p.Base!.Id)).ToList(),
            };
            if (request.IsEmpty)
            {
                return (null, tables);
            }

            var outcome = await runner.RunAsync(store, request, changes.Select(c => c.Table), cancellationToken);
            keep = outcome is CommitOutcome.Committed or CommitOutcome.Unknown;
            return (outcome, tables);
        }
        finally
        {
            if (!keep)
            {
                await files.DeleteAsync(written);
            }
        }
    }

    async Task<Plan> PlanAsync(CommitRequest template, TableChangeRequest change, PointerRow? pointer, CancellationToken cancellationToken)
    {
        var isCreation = change.Requirements.Any(r => r is AssertCreate);
        if (pointer is { Kind: not PointerKind.Table })
        {
            throw isCreation ? CatalogErrors.NameTaken(pointer.Kind, change.Table) : CatalogErrors.NotATable(pointer.Kind, change.Table);
        }

        if (pointer is null && !isCreation)
        {
            throw CatalogErrors.NoSuchTable(change.Table);
        }

        if (pointer is null && !await lookup.NamespaceExistsAsync(template.View, change.Table.Namespace, cancellationToken))
        {
            throw CatalogErrors.NoSuchNamespace(change.Table.Namespace);
        }

        var current = pointer is null ? null : await files.ReadAsync(pointer.MetadataLocation, cancellationToken);
        var id = pointer?.TableId ?? Guid.CreateVersion7();
        var context = new TableCommitContext(time.GetUtcNow(), pointer?.MetadataLocation, locations.ForNewTable(change.Table, id));
        var plan = TableCommit.Apply(current, change.Requirements, change.Updates, context) switch
        {
            TableCommitResult.Applied applied => new Plan(change.Table, id, pointer, applied.Metadata, applied.Changed),
            TableCommitResult.RequirementFailed failed => throw CatalogErrors.CommitFailed($"Requirement failed: {failed.Reason} (table {change.Table})"),
            TableCommitResult.Invalid invalid => throw CatalogErrors.BadRequest($"{change.Table}: {invalid.Reason}"),
            _ => throw new InvalidOperationException("Unknown result."),
        };
        if (template.DemandFiles is { } demand)
        {
            await demand(change, current, plan.Metadata, cancellationToken);
        }

        return plan;
    }

    async Task<CommittedTable> WriteAsync(Plan plan, ConcurrentBag<string> written, CancellationToken cancellationToken)
    {
        if (plan is { Changed: false, Base: { } unchanged })
        {
            return new CommittedTable(plan.Table, unchanged.MetadataLocation, plan.Metadata);
        }

        var location = await files.WriteAsync(plan.Metadata, plan.Base?.MetadataLocation, written.Add, cancellationToken);
        return new CommittedTable(plan.Table, location, plan.Metadata);
    }

    sealed record Plan(TableName Table, Guid TableId, PointerRow? Base, TableMetadata Metadata, bool Changed)
    {
        public PointerChange Swap(string metadataLocation, string? owner) => new(TableId, Base?.Id, new PointerTarget(Table, metadataLocation, TableFigures.Of(Metadata)) { Owner = Base?.Owner ?? owner })
        {
            IsNewLocation = Base?.Location != Metadata.Location,
            KeepsName = Base is not null,
        };
    }
}
