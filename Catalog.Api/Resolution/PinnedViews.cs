using System.Globalization;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using Npgsql;

namespace LakeAspire.Catalog.Resolution;

/// <summary>Finds several states of the lake at one moment: the heads of all branches among them are read by one statement, so that what one commit or merge moved together is seen together.</summary>
internal sealed class PinnedViews(LakeViews views, NpgsqlDataSource database, TimeProvider time)
{
    const string Heads = "SELECT name, head_commit_id, parent_commit FROM branches WHERE name = ANY ($1) AND kind = 0 AND dropped_at IS NULL";

    /// <summary>The states, none of which changes any more.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">404: no such branch, tag or commit.</exception>
    public async Task<Dictionary<LakeRef, PinnedView>> ResolveAsync(IReadOnlyCollection<LakeRef> references, CancellationToken cancellationToken)
    {
        var heads = await HeadsAsync(references.Where(reference => reference.IsHead).Select(reference => reference.Branch).Distinct(StringComparer.Ordinal).ToArray(), cancellationToken);
        var pinned = new Dictionary<LakeRef, PinnedView>();
        foreach (var reference in references)
        {
            var view = await views.ResolveAsync(reference, cancellationToken);
            pinned[reference] = reference.IsHead && heads.TryGetValue(reference.Branch, out var head) ? Pin(view, head.Own, head.Start) : PinnedView.Of(view) with { At = reference.Time ?? view.HeadAt };
        }

        return pinned;
    }

    /// <summary>The branch may have moved on between the two statements.</summary>
    static PinnedView Pin(LakeView view, long? own, long? start) => PinnedView.Of(view with
    {
        IsWritable = false,
        HeadId = own ?? (start is > 0 ? start : null),
        OwnHead = own ?? 0,
        Levels = [view.Levels[0] with { Commit = own ?? 0 }, .. view.Levels.Skip(1)],
    });

    Task<Dictionary<string, (long? Own, long? Start)>> HeadsAsync(string[] names, CancellationToken cancellationToken) => TransientRetry.RunAsync(time, async () =>
    {
        await using var command = database.CreateCommand(Heads);
        command.Parameters.Add(new NpgsqlParameter { Value = names });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var heads = new Dictionary<string, (long? Own, long? Start)>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
        {
            heads[reader.GetString(0)] = (reader.IsDBNull(1) ? null : reader.GetInt64(1), reader.IsDBNull(2) ? null : reader.GetInt64(2));
        }

        return heads;
    }, cancellationToken);
}

/// <summary>A state of the lake that stays.</summary>
/// <param name="View">The state.</param>
/// <param name="Text">A reference that gives it again.</param>
internal sealed record PinnedView(LakeView View, string Text)
{
    /// <summary>The time that was meant; null for what is current.</summary>
    public DateTimeOffset? At { get; init; }

    public static PinnedView Of(LakeView view) => new(view, view.HeadId is { } head ? string.Create(CultureInfo.InvariantCulture, $"{view.Branch}@{head}") : view.Branch);
}
