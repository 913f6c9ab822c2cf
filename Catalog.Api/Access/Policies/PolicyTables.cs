using System.Text.Json;
using LakeAspire.Catalog.Access.Audit;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Tables;
using Npgsql;

namespace LakeAspire.Catalog.Access.Policies;

/// <summary>Policies and the columns of their tables. The columns that a policy names are those of the table on <c>main</c>, dropped or not; of a table that was never there, those of the branch that is asked for.</summary>
internal sealed class PolicyTables(LakeViews views, TableLookup tables, MetadataFiles files, AccessChanges changes, NpgsqlDataSource database, ILogger<PolicyTables> logger)
{
    /// <summary>The state of a table whose columns its policies name.</summary>
    public async Task<PointerRow> TodayAsync(PointerRow pointer, CancellationToken cancellationToken) => await OnMainAsync(pointer.TableId, cancellationToken) ?? pointer;

    /// <summary>The columns of a state of a table.</summary>
    public async Task<PolicyColumns> ColumnsAsync(PointerRow pointer, CancellationToken cancellationToken) => new((await files.ReadAsync(pointer.MetadataLocation, cancellationToken)).CurrentSchema);

    /// <summary>The columns that a policy names, which an earlier version stored by name alone: found by their names of today, and kept. Null when they are not there: it can't be applied.</summary>
    public async Task<IReadOnlyList<PolicyField>?> FindFieldsAsync(Guid tableId, string name, int version, string? rowFilter, IReadOnlyDictionary<string, string> masks, PointerRow today, CancellationToken cancellationToken)
    {
        var columns = await ColumnsAsync(today, cancellationToken);
        if (Problem(rowFilter, masks, columns) is { } problem)
        {
            Log.PolicyUnbound(logger, name, tableId, problem);
            return null;
        }

        await changes.MakeAsync(
            (connection, _) => AccessChanges.ExecuteAsync(
                connection,
                Sql.Command("UPDATE table_policies SET fields = $4::jsonb WHERE table_id = $1 AND name = $2 AND version = $3 AND fields IS NULL", tableId, name, version, StoredPolicy.WriteFields(columns.Used)),
                cancellationToken),
            _ => (AuditEntry?)null,
            cancellationToken);
        return columns.Used;
    }

    /// <summary>Finds the columns of all policies that an earlier version stored.</summary>
    public async Task FindAllAsync(CancellationToken cancellationToken)
    {
        var missing = new List<(Guid Table, string Name, int Version, string? RowFilter, Dictionary<string, string> Masks)>();
        await using (var command = database.CreateCommand("SELECT table_id, name, version, row_filter, masks FROM table_policies WHERE fields IS NULL"))
        {
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                missing.Add((reader.GetGuid(0), reader.GetString(1), reader.GetInt32(2), await reader.IsDBNullAsync(3, cancellationToken) ? null : reader.GetString(3), JsonSerializer.Deserialize<Dictionary<string, string>>(reader.GetString(4)) ?? []));
            }
        }

        foreach (var policy in missing)
        {
            if (await OnMainAsync(policy.Table, cancellationToken) is { Kind: PointerKind.Table } today)
            {
                await FindFieldsAsync(policy.Table, policy.Name, policy.Version, policy.RowFilter, policy.Masks, today, cancellationToken);
            }
        }
    }

    /// <summary>What is wrong with a policy, as far as its text and its columns tell; null when nothing is. The columns that it names are kept.</summary>
    public static string? Problem(string? rowFilter, IReadOnlyDictionary<string, string> masks, PolicyColumns columns)
    {
        if (rowFilter is not null && PolicySql.Problem(rowFilter, columns) is { } problem)
        {
            return $"rowFilter {problem}";
        }

        var masked = new List<PolicyField>();
        foreach (var (column, expression) in masks)
        {
            if (columns.ProblemOfMask(column, out var field) is { } wrong)
            {
                return $"a mask {wrong}";
            }

            if (masked.Find(other => IsWithin(other, field!) || IsWithin(field!, other)) is { } both)
            {
                return $"the masks of {both.Text} and {field!.Text} are for the same values: one of them has to go";
            }

            masked.Add(field!);
            if (PolicySql.Problem(expression, columns) is { } wrongMask)
            {
                return $"the mask of {column} {wrongMask}";
            }
        }

        // A column named "a.b" and a field b of a struct a.
        return columns.Used.GroupBy(field => field.Text, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice ? $"{twice.Key} means two columns here" : null;
    }

    static bool IsWithin(PolicyField field, PolicyField around) => field.Path.Count >= around.Path.Count && field.Path.Take(around.Path.Count).SequenceEqual(around.Path, StringComparer.Ordinal);

    async Task<PointerRow?> OnMainAsync(Guid tableId, CancellationToken cancellationToken) =>
        (await tables.ByIdsAsync(await views.ResolveAsync(LakeRef.Main, cancellationToken), [tableId], cancellationToken, withDropped: true)).GetValueOrDefault(tableId);
}
