using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>INSERT: rows of a query, by position or by name, appended to a table.</summary>
internal sealed class RowInsertion(LakeSession session, SqlStatement statement)
{
    /// <returns>The rows inserted.</returns>
    public async Task<long> RunAsync(InsertStatement insert, CancellationToken cancellationToken)
    {
        var opened = await session.Reader.OpenAsync(statement.Script, statement.Tokens, session.DefaultSchema, cancellationToken);
        var (_, table) = await StatementWriter.TableAsync(session, insert.Name, cancellationToken);
        var targets = Targets(insert, table);
        string select;
        if (!insert.ByName && ValuesList.Of(statement, insert.Query) is { } values && insert.With.First == insert.With.End)
        {
            // Each value becomes the column's type by itself, as DuckDB has it; a list of values alone would bring them to one type first.
            select = values.Select(targets.Select(f => (f.Name, EngineTypes.TypeOf(table.Metadata, f))).ToList(), table.Identifier.Name, insert.Columns is not null);
        }
        else
        {
            select = await SelectAsync(insert, opened, table, targets, cancellationToken);
        }

        var rows = 0L;
        await AppendAsync(session, table.Identifier, StatementWriter.MessageOf(statement), select, written => rows = written, cancellationToken);
        return rows;
    }

    /// <summary>Appends the rows of a query, whose columns go by name.</summary>
    public static Task AppendAsync(LakeSession session, TableIdentifier identifier, string message, string select, Action<long> report, CancellationToken cancellationToken) => session.Scope.ChangeTableAsync(
        identifier,
        TableChangeKind.Append,
        message,
        async (lake, transaction) =>
        {
            var entry = (TableEntry)session.Scope.Find(identifier.Namespace, identifier.Name)!;
            var loaded = await entry.LoadAsync(lake, cancellationToken);
            var table = transaction.StagedOr(loaded);
            string? scratch = null;
            try
            {
                if (TableConstraints.Any(table))
                {
                    await session.Scope.MakeReadableAsync(identifier, cancellationToken);
                    await session.Database.OpenAsync(lake, entry, null, cancellationToken);
                    var kept = $"SELECT * FROM {SqlText.Identifier(session.Sessions.Options.Database, identifier.Namespace, identifier.Name)}";
                    (select, scratch) = await TableConstraints.ProveAsync(session, table, kept, select, cancellationToken);
                }

                var files = await WriteAsync(session, transaction, table, select, cancellationToken);
                report(files.Sum(file => file.RecordCount));
                transaction.Append(table, files, session.Sessions.Options.Summary);
                return await EntryAsync(session, lake, entry, table, files, cancellationToken);
            }
            finally
            {
                if (scratch is not null)
                {
                    await session.Connection.ExecuteAsync($"DROP TABLE IF EXISTS {scratch}", cancellationToken: CancellationToken.None);
                }
            }
        },
        cancellationToken);

    static async Task<IReadOnlyList<DataFile>> WriteAsync(LakeSession session, TableTransaction transaction, LakeTable table, string select, CancellationToken cancellationToken)
    {
        try
        {
            return await ParquetTableWriter.WriteAsync(session.Connection, select, transaction.WriteTarget(table), WriteOptions.Of(table.Metadata), cancellationToken);
        }
        catch (LakehouseException error) when (error is not EngineException && table.Schema.Fields.FirstOrDefault(f => f.Required && error.Message.StartsWith($"Column {f.Name} of table ", StringComparison.Ordinal)) is { } field)
        {
            throw new SessionException(LakehouseErrorKind.InvalidData, $"Constraint Error: NOT NULL constraint failed: {table.Identifier.Name}.{field.Name}", inner: error);
        }
    }

    /// <summary>What the name means with the new files, where the old ones are known.</summary>
    static async Task<TableEntry?> EntryAsync(LakeSession session, Lake lake, TableEntry entry, LakeTable table, IReadOnlyList<DataFile> added, CancellationToken cancellationToken)
    {
        var before = entry.Files;
        if (before is null && !session.Scope.InTransaction)
        {
            return null;
        }

        if (before is null)
        {
            var planned = new List<ScanFile>();
            await foreach (var file in (await entry.LoadAsync(lake, cancellationToken)).PlanFilesAsync(null, cancellationToken))
            {
                planned.Add(file);
            }

            before = planned;
        }

        return new TableEntry(table, commit: null) { Files = [.. before, .. added.Select(file => new ScanFile(file, 0, 0, SnapshotId: null, table.Metadata.DefaultSpec, []))], Stamp = Guid.NewGuid().ToString("N") };
    }

    async Task<string> SelectAsync(InsertStatement insert, OpenedNames opened, LakeTable table, IReadOnlyList<NestedField> targets, CancellationToken cancellationToken)
    {
        var text = statement.InPlace(insert.With, insert.Query);
        var query = $"{statement.Part(insert.With.First, insert.With.End)}\n{statement.Part(insert.Query.First, insert.Query.End)}";
        await session.Reader.PruneAsync(opened, query, session.DefaultSchema, cancellationToken);
        var columns = await session.Connection.DescribeAsync(text, cancellationToken);
        if (insert.ByName)
        {
            var known = columns.Select(c => table.Schema.Fields.FirstOrDefault(f => f.Name.Equals(c.Name, StringComparison.OrdinalIgnoreCase))
                ?? throw SessionException.Invalid($"Binder Error: Table \"{table.Identifier.Name}\" does not have a column with name \"{c.Name}\"")).ToList();
            return $"SELECT {string.Join(", ", known.Zip(columns, (f, c) => Cast(table, f, $"q.{SqlText.Identifier(c.Name)}")))} FROM (\n{query}\n) AS q";
        }

        if (columns.Count != targets.Count)
        {
            throw SessionException.Invalid(Mismatch(table.Identifier.Name, targets.Count, columns.Count, insert.Columns is not null));
        }

        var names = targets.Select((_, i) => $"c{SqlText.Literal(i)}").ToList();
        return $"SELECT {string.Join(", ", targets.Select((f, i) => Cast(table, f, $"q.{names[i]}")))} FROM (\n{query}\n) AS q({string.Join(", ", names)})";
    }

    static string Cast(LakeTable table, NestedField field, string value) => $"CAST({value} AS {EngineTypes.TypeOf(table.Metadata, field)}) AS {SqlText.Identifier(field.Name)}";

    internal static string Mismatch(string table, int expected, int given, bool named) => named
        ? $"Binder Error: Column name/value mismatch for insert on \"{table}\": expected {expected} columns but {given} values were supplied"
        : $"Binder Error: table {table} has {expected} columns but {given} values were supplied";

    static IReadOnlyList<NestedField> Targets(InsertStatement insert, LakeTable table) => insert.Columns is not { } names ? table.Schema.Fields : [.. names.Select(name =>
        table.Schema.Fields.FirstOrDefault(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? throw SessionException.Invalid($"Binder Error: Table \"{table.Identifier.Name}\" does not have a column with name \"{name}\""))];
}
