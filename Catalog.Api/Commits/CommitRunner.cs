using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Commits;

/// <summary>Runs a commit under its span and metrics, and turns outcomes into answers.</summary>
internal sealed class CommitRunner(CatalogTelemetry telemetry, Lineage.Ingest.InboxSignal lineage, TimeProvider time, ILogger<CommitRunner> logger)
{
    public async Task<CommitOutcome> RunAsync(CommitStore store, CommitRequest request, IEnumerable<TableName> tables, CancellationToken cancellationToken)
    {
        var names = tables.Select(t => t.ToString()).ToList();
        var since = time.GetTimestamp();
        using var activity = CatalogTelemetry.StartCommit(names);
        var outcome = await store.CommitAsync(request, cancellationToken);
        activity?.SetTag("lakeaspire.commit.outcome", outcome.GetType().Name);
        telemetry.Ended(outcome.GetType().Name, time.GetElapsedTime(since));
        switch (outcome)
        {
            case CommitOutcome.Committed committed:
                activity?.SetTag("lakeaspire.commit.id", committed.Id);
                Log.Committed(logger, committed.Id, request.Author, string.Join(", ", names));
                if (request.Lineage is not null)
                {
                    lineage.Set();
                }

                break;
            case CommitOutcome.Failed failed:
                Log.CommitFailed(logger, failed.Reason, string.Join(", ", names));
                break;
            case CommitOutcome.Unknown unknown:
                Log.CommitUnknown(logger, unknown.Reason, string.Join(", ", names));
                break;
        }

        return outcome;
    }

    /// <summary>The answer to a commit that was not made, or of which nobody knows.</summary>
    public static ApiException ErrorOf(CommitOutcome outcome) => outcome switch
    {
        CommitOutcome.Moved => new ApiException(409, "Other commits to the same tables kept coming first: refresh and try again.", "CommitFailedException") { IsFinal = false },
        CommitOutcome.KeyUsed => new ApiException(409, "Another request with this key was answered first.", Idempotency.KeptAnswers.KeyUsed),
        CommitOutcome.NameTaken { IsNamespace: true } taken => CatalogErrors.NamespaceExists(NamespaceName.Within(taken.Name.Namespace.Text, taken.Name.Name)),
        CommitOutcome.NameTaken taken => CatalogErrors.TableExists(taken.Name),
        CommitOutcome.NamespaceFilled filled => CatalogErrors.NamespaceNotEmpty(filled.Name),
        CommitOutcome.NoBranch gone => CatalogErrors.NoSuchBranch(gone.Name),
        CommitOutcome.Protected branch => new ApiException(403, $"The branch '{branch.Branch}' is protected: it accepts merges only. Commit on a branch of your own, and merge it.", "ForbiddenException"),
        CommitOutcome.HeadElsewhere head => CatalogErrors.CommitFailed($"The newest commit of '{head.Branch}' is {head.Head}, not {head.Expected}: look at what came since, and try again."),
        CommitOutcome.NoNamespace missing => CatalogErrors.NoSuchNamespace(missing.Name),
        CommitOutcome.LocationTaken taken => CatalogErrors.BadRequest($"The location overlaps the one of {taken.By}: {taken.Location}"),
        CommitOutcome.CursorElsewhere cursor => CatalogErrors.Position(
            $"The position of '{cursor.Scope}' is not the expected one.", new { kind = "cursor", scope = cursor.Scope, stored = cursor.Stored, keys = Array.Empty<object>() }),
        CommitOutcome.ItemsPresent items => CatalogErrors.Position(
            $"{items.Items.Count} of the items of '{items.Scope}' are committed already.",
            new { kind = "items", scope = items.Scope, stored = (string?)null, keys = items.Items.Select(i => new { key = i.Key, fingerprint = i.Fingerprint, commitId = i.CommitId }).ToList() }),
        CommitOutcome.RunOver run => new ApiException(
            409,
            $"Run {run.RunId} is {run.State} in attempt {run.Attempt}: this attempt of it may not commit.",
            "CommitFailedException",
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["conflict"] = new { kind = "run", scope = (string?)null, stored = run.State, keys = Array.Empty<object>() } }),
        CommitOutcome.LeaseLost lease => new ApiException(
            409,
            lease.Stored is null ? $"There is no lease '{lease.Name}'." : $"The lease '{lease.Name}' {(lease.Holder is null ? "was given back" : $"is held by {lease.Holder}")} with token {lease.Stored}, not {lease.Token}: stop, another does this work.",
            "LeaseLostException",
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["conflict"] = new { kind = "lease", scope = lease.Name, stored = lease.Stored?.ToString(System.Globalization.CultureInfo.InvariantCulture), holder = lease.Holder, keys = Array.Empty<object>() } }),
        CommitOutcome.Guarded guarded => CatalogErrors.Forbidden($"{guarded.Name} is protected{(guarded.By is { } by ? $" by its namespace {by}" : "")}: lift the protection before you drop or rename it."),
        CommitOutcome.Purged purged => new ApiException(409, $"The table's files below {purged.Location} were purged, or are about to be: it cannot come back.", "PurgedException"),
        CommitOutcome.Failed => CatalogErrors.Unavailable("The catalog's database failed; nothing was committed."),
        CommitOutcome.Unknown => CatalogErrors.CommitStateUnknown(),
        _ => throw new InvalidOperationException($"No error for {outcome.GetType().Name}."),
    };
}
