using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Views;

/// <summary>A view as a commit left it.</summary>
internal sealed record CommittedView(long? CommitId, string MetadataLocation, ViewMetadata Metadata);

/// <summary>Changes a view: reads it, applies the pure commit rules, writes the new metadata file, and has <see cref="CommitStore"/> swap the pointer; again on what others left, when they were first.</summary>
internal sealed class ViewCommitter(CommitStore store, CommitRunner runner, TableLookup lookup, MetadataFiles files, WarehouseLocations locations, TimeProvider time)
{
    const int Attempts = 20;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Commits updates of a view.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">The answer that says why not, or that the outcome is unknown.</exception>
    public async Task<CommittedView> CommitAsync(
        LakeView view, TableName name, IReadOnlyList<ViewRequirement> requirements, IReadOnlyList<IViewUpdate> updates, string author, CancellationToken cancellationToken)
    {
        view.Writable();
        var allowed = locations.Checked(updates);
        for (var attempt = 1; ; attempt++)
        {
            var pointer = await lookup.GetViewAsync(view, name, cancellationToken);
            CheckedNames.Demand(view, name, pointer.TableId, isCommit: true);
            var current = await files.ReadViewAsync(pointer.MetadataLocation, cancellationToken);
            var applied = Apply(name, current, requirements, allowed);
            if (!applied.Changed)
            {
                return new CommittedView(CommitId: null, pointer.MetadataLocation, current);
            }

            // Whoever makes another version the current one answers for what it reads, with rights of his own; whose view it is stays as it is.
            var isRedefined = applied.Metadata.CurrentVersionId != current.CurrentVersionId;
            var definer = isRedefined ? author : ViewDefiner.Of(pointer);
            var message = $"{(isRedefined ? "replace" : "alter")} view {name}";
            string? written = null;
            var keep = false;
            try
            {
                var location = await files.WriteAsync(applied.Metadata, pointer.MetadataLocation, started => written = started, cancellationToken);
                var target = new PointerTarget(name, location, ViewFigures.Of(applied.Metadata)) { Kind = PointerKind.View, Owner = pointer.Owner, Properties = ViewDefiner.Of(definer) };
                var change = new PointerChange(pointer.TableId, pointer.Id, target) { IsNewLocation = pointer.Location != applied.Metadata.Location };
                var outcome = await runner.RunAsync(store, new CommitRequest { View = view, Author = author, Message = message, Pointers = [change] }, [name], cancellationToken);
                keep = outcome is CommitOutcome.Committed or CommitOutcome.Unknown;
                switch (outcome)
                {
                    case CommitOutcome.Committed committed:
                        return new CommittedView(committed.Id, location, applied.Metadata);
                    case CommitOutcome.Moved when attempt < Attempts:
                        break;
                    default:
                        throw CommitRunner.ErrorOf(outcome);
                }
            }
            finally
            {
                if (!keep && written is not null)
                {
                    await files.DeleteAsync([written]);
                }
            }

            await Task.Delay(Pause * attempt * Random.Shared.NextDouble(), time, cancellationToken);
        }
    }

    /// <summary>The rules, with what they refuse as answers.</summary>
    public ViewCommitResult.Applied Apply(TableName name, ViewMetadata? current, IReadOnlyList<ViewRequirement> requirements, IReadOnlyList<IViewUpdate> updates) =>
        ViewCommit.Apply(current, requirements, updates, time.GetUtcNow()) switch
        {
            ViewCommitResult.Applied applied => applied,
            ViewCommitResult.RequirementFailed failed => throw CatalogErrors.CommitFailed($"{name}: requirement {failed.Requirement.Type} failed: {failed.Reason}"),
            ViewCommitResult.Invalid invalid => throw CatalogErrors.BadRequest($"{name}: {invalid.Reason}"),
            _ => throw new InvalidOperationException("Unknown result."),
        };
}

/// <summary>What lists show of a view: it has no rows of its own.</summary>
internal static class ViewFigures
{
    public static TableFigures Of(ViewMetadata metadata) => new(metadata.Location, metadata.FormatVersion, SnapshotId: null, Rows: null, Files: null, Bytes: null);
}
