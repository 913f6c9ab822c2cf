using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Tests.RowChanges;

namespace Lakehouse.Tables.Tests.Properties;

/// <summary>A table and its model, changed alike at random.</summary>
internal sealed class RandomTable(RowLab lab, Random random)
{
    const int Ids = 80;
    readonly TableModel model = new(random);
    readonly List<(long SnapshotId, string TextQuery, IReadOnlyList<string> Rows)> snapshots = [];
    readonly List<string> log = [];

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What was done, for messages.</summary>
    public string Log => string.Join("\n", log);

    public async Task CreateAsync()
    {
        var version = random.Next(2, 4);
        string Mode() => random.Next(2) == 0 ? "copy-on-write" : "merge-on-read";
        var properties = new Dictionary<string, string>
        {
            ["format-version"] = version.ToString(System.Globalization.CultureInfo.InvariantCulture), ["write.delete.mode"] = Mode(), ["write.update.mode"] = Mode(), ["write.merge.mode"] = Mode(),
            ["write.delete.granularity"] = random.Next(2) == 0 ? "file" : "partition",
        };
        if (random.Next(3) == 0)
        {
            properties["lakeaspire.cluster-by"] = "id";
        }

        log.Add($"create {string.Join(", ", properties)}: {string.Join(", ", model.Columns.Select(column => $"{column.Name} {column.Type}"))}");
        var schema = FreshIds.Assign(new Schema(0, [.. model.Columns.Select((column, i) => new NestedField(i + 1, column.Name, false, column.Type))]));
        await using var transaction = lab.Lake.Lake.BeginTransaction("test", "create");
        await transaction.OpenOrCreateAsync(lab.Table, schema, properties: properties, cancellationToken: Token);
        Assert.IsType<CommitResult.Committed>(await transaction.CommitAsync(Token));
    }

    public Task StepAsync() => random.Next(12) switch
    {
        0 or 1 or 2 => AppendAsync(),
        3 or 4 => DeleteAsync(),
        5 or 6 => UpdateAsync(),
        7 or 8 => MergeAsync(),
        9 => OverwriteAsync(),
        10 => EvolveAsync(),
        _ => PartitionAsync(),
    };

    /// <summary>Reads the table at every snapshot so far.</summary>
    public async Task CheckAsync()
    {
        var table = await lab.Lake.Lake.LoadTableAsync(lab.Table, Token);
        foreach (var (id, query, rows) in snapshots)
        {
            AssertSame(rows, await ReadAsync(query.Replace("$relation", await lab.RelationAsync(table.Metadata.SnapshotById(id)), StringComparison.Ordinal)));
        }
    }

    static void AssertSame(IReadOnlyList<string> expected, IReadOnlyList<string> actual)
    {
        if (!expected.SequenceEqual(actual))
        {
            var (missing, surplus) = (expected.ToList(), actual.ToList());
            missing.RemoveAll(row => surplus.Remove(row));
            throw new Xunit.Sdk.XunitException($"missing:\n{string.Join("\n", missing)}\nsurplus:\n{string.Join("\n", surplus)}");
        }
    }

    async Task<IReadOnlyList<string>> ReadAsync(string sql)
    {
        var rows = new List<string>();
        await using var result = await lab.Connection.QueryAsync(sql, cancellationToken: Token);
        await foreach (var batch in result.ReadAsync(Token))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add(System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(row)));
                }
            }
        }

        rows.Sort(StringComparer.Ordinal);
        return rows;
    }

    async Task RunAsync(string what, Func<TableTransaction, LakeTable, Task<RowChangeResult?>> change)
    {
        log.Add(what);
        await lab.ChangeAsync(change);
        AssertSame(model.Texts(), await ReadAsync(model.TextQuery(await lab.RelationAsync())));
        if ((await lab.Lake.Lake.LoadTableAsync(lab.Table, Token)).CurrentSnapshot is { } current && (snapshots.Count == 0 || snapshots[^1].SnapshotId != current.SnapshotId))
        {
            snapshots.Add((current.SnapshotId, model.TextQuery("$relation"), model.Texts()));
        }
    }

    Task AppendAsync()
    {
        var rows = model.NewRows(random, random.Next(1, 25), Ids);
        model.Rows.AddRange(rows);
        return RunAsync($"append {rows.Count}", async (transaction, table) =>
        {
            await transaction.AppendQueryAsync(lab.Connection, table, model.Query(rows), cancellationToken: Token);
            return null;
        });
    }

    Task DeleteAsync()
    {
        var (sql, holds) = model.Condition(random);
        var deleted = model.Rows.RemoveAll(row => holds(row));
        return RunAsync($"delete where {sql}", async (transaction, table) =>
        {
            var result = await transaction.DeleteAsync(lab.Connection, table, sql, cancellationToken: Token);
            Assert.Equal(deleted, result.Deleted);
            return result;
        });
    }

    Task UpdateAsync()
    {
        var (sql, holds) = model.Condition(random);
        var column = model.Columns[random.Next(model.Columns.Count)];
        var value = column.Key == 0 ? "77" : column.Value(random);
        var updated = model.Rows.Where(holds).ToList();
        model.Rows = [.. model.Rows.Select(row => updated.Contains(row) ? With(row, column, value) : row)];
        return RunAsync($"update {column.Name} = {value} where {sql}", async (transaction, table) =>
        {
            var result = await transaction.UpdateAsync(lab.Connection, table, new Dictionary<string, string> { [column.Name] = column.Literal(value) }, sql, cancellationToken: Token);
            Assert.Equal(updated.Count, result.Updated);
            return result;
        });
    }

    async Task MergeAsync()
    {
        var source = model.NewRows(random, random.Next(1, 20), Ids).DistinctBy(TableModel.IdOf).ToList();
        var merge = new RandomMerge(model, random);
        model.Rows = merge.Apply(source);
        await RunAsync($"merge {source.Count} rows, ids {string.Join(",", source.Select(TableModel.IdOf))}: {string.Join("; ", merge.Clauses.Select(c => $"{c.Rows} {c.Action} if {c.Condition}: {string.Join(", ", c.Values ?? new Dictionary<string, string>())}"))}", async (transaction, table) =>
            await transaction.MergeAsync(lab.Connection, table, new MergeStatement { Source = model.Query(source), Keys = ["id"], Clauses = merge.Clauses }, cancellationToken: Token));
    }

    Task OverwriteAsync()
    {
        var low = random.Next(Ids);
        var rows = model.NewRows(random, random.Next(0, 6), Ids).Where(row => TableModel.IdOf(row) >= low).ToList();
        model.Rows = [.. model.Rows.Where(row => TableModel.IdOf(row) < low), .. rows];
        return RunAsync($"overwrite where id >= {low} with {rows.Count}", async (transaction, table) =>
            await transaction.OverwriteWhereAsync(lab.Connection, table, $"id >= {low}", model.Query(rows), cancellationToken: Token));
    }

    async Task EvolveAsync()
    {
        var column = model.Columns[random.Next(model.Columns.Count)];
        switch (random.Next(4))
        {
            case 0 when model.Columns.Count < 7:
                var added = model.NewColumn(random);
                model.Columns.Add(added);
                model.Rows = [.. model.Rows.Select(row => With(row, added, null))];
                await EvolveAsync($"add {added.Name} {added.Type}", update => update.Add(added.Name, added.Type));
                break;
            case 1 when column.Key != 0:
                var name = model.NewColumn(random).Name;
                model.Columns[model.Columns.IndexOf(column)] = column with { Name = name };
                await EvolveAsync($"rename {column.Name} to {name}", update => update.Rename(column.Name, name));
                break;
            case 2 when column.Key != 0 && !await IsPartitionedByAsync(column):
                model.Columns.Remove(column);
                await EvolveAsync($"drop {column.Name}", update => update.Drop(column.Name));
                break;
            case 3 when column.Wider is { } wider && !await IsPartitionedByAsync(column):
                model.Columns[model.Columns.IndexOf(column)] = column with { Type = wider };
                await EvolveAsync($"widen {column.Name} to {wider}", update => update.Widen(column.Name, wider));
                break;
        }
    }

    Task EvolveAsync(string what, Action<SchemaUpdate> change) => RunAsync(what, (transaction, table) =>
    {
        transaction.UpdateSchema(table, change);
        return Task.FromResult<RowChangeResult?>(null);
    });

    async Task<bool> IsPartitionedByAsync(ModelColumn column)
    {
        var metadata = (await lab.Lake.Lake.LoadTableAsync(lab.Table, Token)).Metadata;
        var id = metadata.CurrentSchema.FindColumn(column.Name)!.Id;
        return metadata.PartitionSpecs.Any(spec => spec.Fields.Any(field => field.SourceId == id));
    }

    async Task PartitionAsync()
    {
        var metadata = (await lab.Lake.Lake.LoadTableAsync(lab.Table, Token)).Metadata;
        var column = model.Columns[random.Next(model.Columns.Count)];
        var existing = metadata.DefaultSpec.Fields.FirstOrDefault(field => field.Transform.Kind != TransformKind.Void);
        if (existing is not null && random.Next(2) == 0)
        {
            await RunAsync($"partition without {existing.Name}", (transaction, table) =>
            {
                transaction.UpdatePartitioning(table, update => update.Remove(existing.Name));
                return Task.FromResult<RowChangeResult?>(null);
            });
        }
        else if (column.Partitioning(random) is { } transform && metadata.DefaultSpec.Fields.All(field => field.SourceId != metadata.CurrentSchema.FindColumn(column.Name)!.Id))
        {
            await RunAsync($"partition by {transform} of {column.Name}", (transaction, table) =>
            {
                transaction.UpdatePartitioning(table, update => update.Add(column.Name, transform, $"p{log.Count}"));
                return Task.FromResult<RowChangeResult?>(null);
            });
        }
    }

    public static Dictionary<int, string?> With(Dictionary<int, string?> row, ModelColumn column, string? value) => new(row) { [column.Key] = value };
}
