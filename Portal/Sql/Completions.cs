using LakeAspire.Portal.Lake;
using Microsoft.JSInterop;

namespace LakeAspire.Portal.Sql;

/// <summary>The names that an editor completes: tables at once, their columns as they come. A table's columns are asked for again when it has changed.</summary>
internal sealed class Completions(LakeApi api, IJSObjectReference editor)
{
    /// <summary>Tables beyond these are completed without columns.</summary>
    const int MostTables = 200;

    readonly Dictionary<TableName, (long? Commit, string[] Columns)> known = [];
    bool updating;

    public async Task UpdateAsync(IReadOnlyList<TableEntry> tables, CancellationToken cancellationToken)
    {
        if (updating || IsCurrent(tables))
        {
            return;
        }

        updating = true;
        try
        {
            foreach (var gone in known.Keys.Except(tables.Select(table => table.FullName)).ToList())
            {
                known.Remove(gone);
            }

            foreach (var table in tables.Where(table => !known.ContainsKey(table.FullName)))
            {
                known[table.FullName] = (null, []);
            }

            await SendAsync(cancellationToken);
            foreach (var table in tables.Take(MostTables).Where(IsStale).ToList())
            {
                var detail = await api.TableAsync(table.FullName, cancellationToken);
                known[table.FullName] = (table.LastCommit?.Id ?? 0, [.. detail.Schema.Select(field => field.Name)]);
            }

            await SendAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is LakeException or OperationCanceledException or JSDisconnectedException)
        {
            // Completion is a help, not a need; the next change of the tables tries again.
        }
        finally
        {
            updating = false;
        }
    }

    bool IsCurrent(IReadOnlyList<TableEntry> tables) => known.Count == tables.Count && !tables.Take(MostTables).Any(IsStale);

    bool IsStale(TableEntry table) => !known.TryGetValue(table.FullName, out var entry) || entry.Commit is null || entry.Commit != (table.LastCommit?.Id ?? 0);

    ValueTask SendAsync(CancellationToken cancellationToken)
    {
        // As one argument: an array would be taken for the list of all.
        object tables = known.Select(entry => new { entry.Key.Namespace, entry.Key.Name, entry.Value.Columns }).ToArray();
        return editor.InvokeVoidAsync("setTables", cancellationToken, tables);
    }
}
