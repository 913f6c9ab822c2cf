using LakeAspire.Query.Parsing;
using LakeAspire.Query.Resolution;
using LakeAspire.Query.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace LakeAspire.Query.Policies;

/// <summary>Brings the policy of a table, whose expressions name its columns of today, to the state of it that is read. A policy that cannot be applied closes the table.</summary>
internal sealed class PolicyReader(SqlParser parser, MetadataCache metadata, ILogger<PolicyReader> logger)
{
    /// <summary>For an Iceberg table: columns are the same when their ids are, whatever they were called then.</summary>
    public async Task<PolicyGuard> OfTableAsync(TableIdentifier table, ResolvedPolicy policy, TableMetadata read, Schema schema, CancellationToken cancellationToken)
    {
        var today = policy.MetadataLocation is { } location ? await metadata.ReadAsync(location, cancellationToken) : read;
        var masks = new Dictionary<int, string>();
        var known = today.CurrentSchema.Fields.ToList();
        foreach (var mask in policy.Masks)
        {
            // Whatever bore that name at any time is masked, so that neither an old state nor a renamed column shows it.
            var fields = today.Schemas.Concat(read.Schemas).SelectMany(known => known.Fields).Where(field => Same(field.Name, mask.Column)).ToList();
            if (fields.Count == 0)
            {
                throw Broken(table, $"no column {mask.Column} to mask");
            }

            if (!known.Any(field => Same(field.Name, mask.Column)))
            {
                known.Add(fields[^1]);
            }

            var sql = await ExpressionAsync(table, mask.Sql, cancellationToken);
            foreach (var field in fields)
            {
                masks[field.Id] = sql;
            }
        }

        return new PolicyGuard(
            table.Name,
            [.. schema.Fields.Select(field => new GuardColumn(field.Name, SqlTypes.Of(field.Type), masks.GetValueOrDefault(field.Id)))],
            [.. known.Select(field => schema.Fields.FirstOrDefault(other => other.Id == field.Id) is { } source ? new PolicyColumn(field.Name, source.Name, Type: null) : new PolicyColumn(field.Name, Source: null, SqlTypes.Of(field.Type)))],
            await FilterAsync(table, policy, cancellationToken));
    }

    /// <summary>For anything that has columns by name alone.</summary>
    public async Task<PolicyGuard> OfColumnsAsync(TableIdentifier table, ResolvedPolicy policy, IReadOnlyList<(string Name, string? Type)> columns, CancellationToken cancellationToken)
    {
        if (policy.Masks.FirstOrDefault(mask => !columns.Any(column => Same(column.Name, mask.Column))) is { } lost)
        {
            throw Broken(table, $"no column {lost.Column} to mask");
        }

        var seen = new List<GuardColumn>();
        foreach (var (name, type) in columns)
        {
            var mask = policy.Masks.FirstOrDefault(mask => Same(name, mask.Column));
            seen.Add(new GuardColumn(name, type, mask is null ? null : await ExpressionAsync(table, mask.Sql, cancellationToken)));
        }

        return new PolicyGuard(table.Name, seen, [.. columns.Select(column => new PolicyColumn(column.Name, column.Name, column.Type))], await FilterAsync(table, policy, cancellationToken));
    }

    async Task<string?> FilterAsync(TableIdentifier table, ResolvedPolicy policy, CancellationToken cancellationToken) => policy.RowFilter is null ? null : await ExpressionAsync(table, policy.RowFilter, cancellationToken);

    async Task<string> ExpressionAsync(TableIdentifier table, string sql, CancellationToken cancellationToken)
    {
        try
        {
            return await parser.ParseExpressionAsync(sql, cancellationToken);
        }
        catch (ApiException refused)
        {
            throw Broken(table, refused.Message);
        }
    }

    ApiException Broken(TableIdentifier table, string why)
    {
        Log.PolicyBroken(logger, table.ToString(), why);
        return SqlErrors.PolicyBroken(table.ToString());
    }

    static bool Same(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
