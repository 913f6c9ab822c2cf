using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>UPDATE, DELETE and TRUNCATE.</summary>
internal sealed class RowChanges(LakeSession session, SqlStatement statement)
{
    const string File = "__lakesql_file";
    const string Position = "__lakesql_position";

    /// <returns>The rows updated.</returns>
    public async Task<long> UpdateAsync(UpdateStatement update, CancellationToken cancellationToken)
    {
        await session.Reader.OpenAsync(statement.Script, statement.Tokens, session.DefaultSchema, cancellationToken);
        return await RunAsync(update.Name, "update", async (lake, transaction, table, options) =>
        {
            var columns = update.Assignments.Select(a => (Field: FieldOf(table, a.Column), a.First, a.End)).ToList();
            if (columns.GroupBy(c => c.Field.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
            {
                throw SessionException.Invalid($"Binder Error: Multiple assignments to same column \"{twice.First().Field.Name}\"");
            }

            if (IsSimple(update.With, update.From) && !EngineTypes.Any(table.Metadata, table.Schema))
            {
                var text = new QualifiedText(statement).Map(update.Alias, update.Name, "target");
                var values = columns.ToDictionary(c => c.Field.Name, c => text.Of((c.First, c.End)), StringComparer.Ordinal);
                return await transaction.UpdateAsync(session.Connection, table, values, update.Where is { } where ? text.Of(where) : null, options, cancellationToken);
            }

            var (alias, names) = Alias(update.Alias, update.Name);
            var items = columns.Select((c, i) => $"CAST(({names.Of((c.First, c.End))}\n) AS {EngineTypes.TypeOf(table.Metadata, c.Field)}) AS v{SqlText.Literal(i)}");
            var source = await MatchedAsync(lake, table, alias, update.With, items, update.From, update.Where, names, cancellationToken);
            var assigned = columns.Select((c, i) => KeyValuePair.Create(c.Field.Name, $"source.v{SqlText.Literal(i)}")).ToDictionary(StringComparer.Ordinal);
            return await transaction.MergeAsync(session.Connection, table, Merge(source, MergeClause.MatchedUpdate(assigned)), options, cancellationToken);
        }, result => result.Updated, cancellationToken);
    }

    /// <returns>The rows deleted.</returns>
    public async Task<long> DeleteAsync(DeleteStatement delete, CancellationToken cancellationToken)
    {
        await session.Reader.OpenAsync(statement.Script, statement.Tokens, session.DefaultSchema, cancellationToken);
        if (delete is { Using: null, Where: null })
        {
            return await TruncateAsync(delete.Name, cancellationToken);
        }

        return await RunAsync(delete.Name, "delete", async (lake, transaction, table, options) =>
        {
            if (IsSimple(delete.With, delete.Using) && !EngineTypes.Any(table.Metadata, table.Schema))
            {
                var text = new QualifiedText(statement).Map(delete.Alias, delete.Name, "target");
                return await transaction.DeleteAsync(session.Connection, table, text.Of(delete.Where!.Value), options, cancellationToken);
            }

            var (alias, names) = Alias(delete.Alias, delete.Name);
            var source = await MatchedAsync(lake, table, alias, delete.With, [], delete.Using, delete.Where, names, cancellationToken);
            return await transaction.MergeAsync(session.Connection, table, Merge(source, MergeClause.MatchedDelete()), options, cancellationToken);
        }, result => result.Deleted, cancellationToken);
    }

    /// <returns>The rows removed.</returns>
    public async Task<long> TruncateAsync(SqlName name, CancellationToken cancellationToken)
    {
        var (_, first) = await StatementWriter.TableAsync(session, name, cancellationToken);
        await session.Scope.MakeReadableAsync(first.Identifier, cancellationToken);
        await session.Reader.OpenAsync(name.ToString(), SqlTokens.Of(name.ToString()), session.DefaultSchema, cancellationToken);
        var rows = await session.Connection.ScalarAsync<long>($"SELECT count(*) FROM {SqlText.Identifier(session.Sessions.Options.Database, first.Identifier.Namespace, first.Identifier.Name)}", cancellationToken: cancellationToken);
        if (rows == 0)
        {
            return 0;
        }

        await session.Scope.ChangeTableAsync(
            first.Identifier,
            TableChangeKind.Replace,
            StatementWriter.MessageOf(statement),
            async (lake, transaction) =>
            {
                var (_, table) = await StatementWriter.TableAsync(session, name, cancellationToken);
                transaction.Overwrite(table, [], session.Sessions.Options.Summary);
                return new TableEntry(table, commit: null) { Files = [], Stamp = Guid.NewGuid().ToString("N") };
            },
            cancellationToken);
        return rows;
    }

    public static NestedField FieldOf(LakeTable table, string column) => table.Schema.Fields.FirstOrDefault(f => f.Name.Equals(column, StringComparison.OrdinalIgnoreCase))
        ?? throw SessionException.Invalid($"Binder Error: Referenced update column {column} not found in table!\nCandidate bindings: {string.Join(", ", table.Schema.Fields.Select(f => $"\"{f.Name}\""))}");

    /// <summary>Runs a change of rows on a table, and proves its constraints.</summary>
    public async Task<long> RunAsync(
        SqlName name, string operation, Func<Lake, TableTransaction, LakeTable, RowChangeOptions, Task<RowChangeResult>> change, Func<RowChangeResult, long> rows, CancellationToken cancellationToken)
    {
        var (_, first) = await StatementWriter.TableAsync(session, name, cancellationToken);
        RowChangeResult? result = null;
        await session.Scope.ChangeTableAsync(
            first.Identifier,
            TableChangeKind.Rows,
            StatementWriter.MessageOf(statement),
            async (lake, transaction) =>
            {
                var (entry, table) = await StatementWriter.TableAsync(session, name, cancellationToken);
                var isProven = TableConstraints.Any(table);
                var mode = table.Metadata.Properties.GetValueOrDefault($"write.{operation}.mode");
                var options = new RowChangeOptions
                {
                    Mode = isProven || mode != "merge-on-read" ? RowChangeMode.CopyOnWrite : RowChangeMode.MergeOnRead,
                    Summary = session.Sessions.Options.Summary.Count == 0 ? null : session.Sessions.Options.Summary,
                };
                try
                {
                    result = await change(lake, transaction, table, options);
                }
                catch (Formats.LakehouseException error) when (error is not EngineException && table.Schema.Fields.FirstOrDefault(f => f.Required && error.Message.StartsWith($"Column {f.Name} of table ", StringComparison.Ordinal)) is { } field)
                {
                    throw new SessionException(Formats.LakehouseErrorKind.InvalidData, $"Constraint Error: NOT NULL constraint failed: {table.Identifier.Name}.{field.Name}", inner: error);
                }

                if (isProven && result.Change is { AddedDataFiles.Count: > 0 } changed)
                {
                    await ProveAsync(lake, table, changed, cancellationToken);
                }

                return result.Change is null ? entry : null;
            },
            cancellationToken);
        return rows(result!);
    }

    async Task ProveAsync(Lake lake, LakeTable table, SnapshotChange change, CancellationToken cancellationToken)
    {
        var removed = change.RemovedDataFiles.ToHashSet(StringComparer.Ordinal);
        var kept = new List<ScanFile>();
        await foreach (var file in table.PlanFilesAsync(null, cancellationToken))
        {
            if (!removed.Contains(file.File.FilePath))
            {
                kept.Add(file);
            }
        }

        async Task<string> SelectAsync(IReadOnlyList<ScanFile> files) =>
            EngineTypes.Shape(table.Metadata, table.Schema, (await session.Sessions.Sources.RelationAsync(session.Connection, lake, table, files, null, [], cancellationToken)).Sql);

        var added = change.AddedDataFiles.Select(file => new ScanFile(file, 0, 0, SnapshotId: null, table.Metadata.DefaultSpec, [])).ToList();
        var (_, scratch) = await TableConstraints.ProveAsync(session, table, await SelectAsync(kept), await SelectAsync(added), cancellationToken);
        await session.Connection.ExecuteAsync($"DROP TABLE IF EXISTS {scratch}", cancellationToken: cancellationToken);
    }

    bool IsSimple((int First, int End) with, (int First, int End)? from) => with.First == with.End && from is null;

    (string Alias, QualifiedText Names) Alias(string? alias, SqlName name)
    {
        var known = SqlText.Identifier(alias ?? name.Parts[^1]);
        return (known, new QualifiedText(statement).Map(alias, name, known));
    }

    static MergeStatement Merge(string source, MergeClause clause) => new() { Source = source, On = $"target._file = source.{File} AND target._pos = source.{Position}", Clauses = [clause] };

    /// <summary>The rows that change, by file and position, each once, with their new values.</summary>
    async Task<string> MatchedAsync(
        Lake lake, LakeTable table, string alias, (int First, int End) with, IEnumerable<string> items, (int First, int End)? from, (int First, int End)? where, QualifiedText names, CancellationToken cancellationToken)
    {
        var relation = await session.Sessions.Sources.RelationAsync(session.Connection, lake, table, null, null, [MetadataColumns.File, MetadataColumns.Position], cancellationToken);
        var shaped = $"({EngineTypes.Shape(table.Metadata, table.Schema, relation.Sql)}) AS {alias}";
        string[] all = [$"{alias}._file AS {File}", $"{alias}._pos AS {Position}", .. items];
        return $"{statement.Part(with.First, with.End)}\nSELECT DISTINCT ON ({alias}._file, {alias}._pos) {string.Join(", ", all)}\nFROM {shaped}{(from is { } others ? $", {names.Of(others)}" : "")}{(where is { } condition ? $"\nWHERE {names.Of(condition)}" : "")}";
    }
}
