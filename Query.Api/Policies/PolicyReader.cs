using LakeAspire.Query.Parsing;
using LakeAspire.Query.Resolution;
using LakeAspire.Query.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace LakeAspire.Query.Policies;

/// <summary>Brings the policies of a table to the state of it that is read. One that cannot be applied closes the table.</summary>
internal sealed class PolicyReader(SqlParser parser, MetadataCache metadata, ILogger<PolicyReader> logger)
{
    /// <summary>For an Iceberg table, whose columns are known by their ids.</summary>
    public async Task<PolicyGuard> OfTableAsync(TableIdentifier table, ResolvedPolicy policy, TableMetadata read, Schema schema, CancellationToken cancellationToken)
    {
        try
        {
            var today = policy.MetadataLocation is { } location ? await metadata.ReadAsync(location, cancellationToken) : read;
            var (known, filters, found) = await ReadAsync(policy.Rules, new PolicyFields(today, read, schema), cancellationToken);
            var masks = new Dictionary<int, PlacedMask>();
            foreach (var mask in found)
            {
                Add(table, masks, mask);
            }

            return new PolicyGuard([.. schema.Fields.Select(field => new GuardColumn(field.Name, MaskOf(table, field, masks, isMasked: false)))], known, filters);
        }
        catch (PolicyFault fault)
        {
            throw Broken(table, fault);
        }
    }

    /// <summary>A query of one row that tells the types of a policy's expressions over the columns of a table, without a look at any row of it.</summary>
    /// <exception cref="PolicyFault">It cannot be applied, and why.</exception>
    public async Task<PolicyProbe> ProbeAsync(ResolvedRule rule, string metadataLocation, CancellationToken cancellationToken)
    {
        var read = await metadata.ReadAsync(metadataLocation, cancellationToken);
        var (known, filters, masks) = await ReadAsync([rule], new PolicyFields(read, read, read.CurrentSchema), cancellationToken);
        return new PolicyProbe(read.CurrentSchema, known, filters, [.. masks.Where(mask => mask.IsItself).Select(mask => (string.Join('.', mask.Place.Path), mask.Mask))]);
    }

    async Task<(IReadOnlyList<PolicyColumn> Known, IReadOnlyList<string> Filters, IReadOnlyList<PlacedMask> Masks)> ReadAsync(IReadOnlyList<ResolvedRule> rules, PolicyFields fields, CancellationToken cancellationToken)
    {
        var known = new KnownFields();
        var filters = new List<string>();
        var masks = new List<PlacedMask>();
        foreach (var rule in rules)
        {
            var named = rule.Fields ?? throw new PolicyFault(rule, "its columns are not known");
            if (rule.RowFilter is { } filter)
            {
                filters.Add(await ExpressionAsync(rule, filter, path => known.NameOf(Find(rule, fields, named, path)), cancellationToken));
            }

            foreach (var mask in rule.Masks)
            {
                var masked = named.FirstOrDefault(field => Same(field.Text, mask.Column)) ?? throw new PolicyFault(rule, $"the column {mask.Column} to mask is not known");
                foreach (var (place, isItself) in fields.FindMasked(masked) ?? throw new PolicyFault(rule, $"no column {mask.Column} to mask"))
                {
                    // The masked column itself stands for whatever is masked, the others for themselves.
                    var sql = await ExpressionAsync(rule, mask.Sql, path => known.NameOf(Same(string.Join('.', path), masked.Text) ? place : Find(rule, fields, named, path)), cancellationToken);
                    masks.Add(new PlacedMask(place, new ValueMask(sql, SqlTypes.Of(place.Field.Type)), isItself));
                }
            }
        }

        return (known.Columns, filters, masks);
    }

    /// <summary>For anything that has columns by name alone.</summary>
    public async Task<PolicyGuard> OfColumnsAsync(TableIdentifier table, ResolvedPolicy policy, IReadOnlyList<(string Name, string? Type)> columns, CancellationToken cancellationToken)
    {
        try
        {
            return await ByNameAsync(table, policy, columns, cancellationToken);
        }
        catch (PolicyFault fault)
        {
            throw Broken(table, fault);
        }
    }

    async Task<PolicyGuard> ByNameAsync(TableIdentifier table, ResolvedPolicy policy, IReadOnlyList<(string Name, string? Type)> columns, CancellationToken cancellationToken)
    {
        var filters = new List<string>();
        var masks = new Dictionary<string, ValueMask>(StringComparer.OrdinalIgnoreCase);
        foreach (var rule in policy.Rules)
        {
            if (rule.RowFilter is { } filter)
            {
                filters.Add(await ExpressionAsync(rule, filter, columnOf: null, cancellationToken));
            }

            foreach (var mask in rule.Masks)
            {
                var (name, type) = columns.FirstOrDefault(column => Same(column.Name, mask.Column));
                var value = new ValueMask(await ExpressionAsync(rule, mask.Sql, columnOf: null, cancellationToken), name is null ? throw new PolicyFault(rule, $"no column {mask.Column} to mask") : type);
                if (!masks.TryAdd(name, value) && masks[name] != value)
                {
                    throw SqlErrors.PolicyAmbiguous(table.ToString(), name);
                }
            }
        }

        return new PolicyGuard([.. columns.Select(column => new GuardColumn(column.Name, masks.GetValueOrDefault(column.Name)))], [.. columns.Select(column => new PolicyColumn(column.Name, SqlText.Identifier(column.Name)))], filters);
    }

    static FieldPlace Find(ResolvedRule rule, PolicyFields fields, IReadOnlyList<ResolvedField> named, IReadOnlyList<string> path)
    {
        var field = named.FirstOrDefault(field => field.Path.SequenceEqual(path, StringComparer.Ordinal)) ?? named.FirstOrDefault(field => field.Path.SequenceEqual(path, StringComparer.OrdinalIgnoreCase))
            ?? throw new PolicyFault(rule, $"it names {string.Join('.', path)}, which is not known");
        return fields.Find(field) ?? throw new PolicyFault(rule, $"the column {field.Text} (id {field.Id}) is not in the state that is read");
    }

    static void Add(TableIdentifier table, Dictionary<int, PlacedMask> masks, PlacedMask mask)
    {
        // The mask that was set on a column goes before one that finds it by its name alone.
        if (!masks.TryGetValue(mask.Place.Field.Id, out var other) || (mask.IsItself && !other.IsItself))
        {
            masks[mask.Place.Field.Id] = mask;
        }
        else if (mask.IsItself == other.IsItself && mask.Mask != other.Mask)
        {
            throw SqlErrors.PolicyAmbiguous(table.ToString(), string.Join('.', mask.Place.Path));
        }
    }

    static ColumnMask? MaskOf(TableIdentifier table, NestedField field, Dictionary<int, PlacedMask> masks, bool isMasked)
    {
        var mask = masks.GetValueOrDefault(field.Id);
        if (mask is not null && isMasked)
        {
            throw SqlErrors.PolicyAmbiguous(table.ToString(), string.Join('.', mask.Place.Path));
        }

        var within = field.Type is StructType structure ? structure.Fields.Select(below => new GuardColumn(below.Name, MaskOf(table, below, masks, isMasked || mask is not null))).ToList() : [];
        return mask?.Mask ?? (within.Exists(below => below.Mask is not null) ? new StructMask(within) : (ColumnMask?)null);
    }

    async Task<string> ExpressionAsync(ResolvedRule rule, string sql, Func<IReadOnlyList<string>, string>? columnOf, CancellationToken cancellationToken)
    {
        try
        {
            return await parser.ParseExpressionAsync(sql, columnOf, cancellationToken);
        }
        catch (ApiException refused)
        {
            throw new PolicyFault(rule, refused.Message);
        }
    }

    ApiException Broken(TableIdentifier table, PolicyFault fault)
    {
        Log.PolicyBroken(logger, table.ToString(), $"{fault.Policy}: {fault.Message}");
        return SqlErrors.PolicyBroken(table.ToString());
    }

    static bool Same(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);

    sealed record PlacedMask(FieldPlace Place, ValueMask Mask, bool IsItself);

    /// <summary>The names under which the expressions have the columns that they name, each once.</summary>
    sealed class KnownFields
    {
        readonly string mark = PolicyGuard.Mark();
        readonly Dictionary<int, PolicyColumn> columns = [];

        public IReadOnlyList<PolicyColumn> Columns => [.. columns.Values];

        public string NameOf(FieldPlace place)
        {
            var name = $"k{place.Field.Id}_{mark}";
            columns.TryAdd(place.Field.Id, new PolicyColumn(name, place.Sql));
            return name;
        }
    }
}
