using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>CREATE TABLE: of columns, or of a query's rows. One that replaces a table is one atomic change of it, and keeps its history.</summary>
internal sealed class TableCreation(LakeSession session, SqlStatement statement)
{
    /// <returns>The rows written.</returns>
    public async Task<long> RunAsync(CreateTableStatement create, CancellationToken cancellationToken)
    {
        var identifier = session.Resolve(create.Name);
        var scope = session.Scope;
        var existing = scope.Find(identifier.Namespace, identifier.Name);
        if (existing is not null && create.IfNotExists)
        {
            return 0;
        }

        if (existing is not null && !create.OrReplace)
        {
            throw new SessionException(LakehouseErrorKind.AlreadyExists, $"Catalog Error: {(existing is ViewEntry ? "View" : "Table")} with name \"{identifier.Name}\" already exists!");
        }

        if (existing is not (null or TableEntry))
        {
            throw new SessionException(LakehouseErrorKind.AlreadyExists, existing is ViewEntry
                ? $"Catalog Error: Existing object {identifier.Name} is of type View, trying to replace with type Table"
                : $"Catalog Error: {identifier} is a Delta table that others write, and is not replaced");
        }

        if (scope.FindNamespace(identifier.Namespace) is null && identifier.Namespace != session.Sessions.Options.DefaultSchema)
        {
            throw new SessionException(LakehouseErrorKind.NotFound, $"Catalog Error: Schema with name {identifier.Namespace} does not exist!");
        }

        var content = create.Query is { } query ? await ContentAsync(create, query, cancellationToken) : await EmptyAsync(create, identifier, cancellationToken);
        var given = session.LayoutOf?.Invoke(identifier);
        var layout = (given ?? new TableLayout()).With(create.Layout);
        var hasLayout = create.Layout is not null || given is not null;
        var properties = new Dictionary<string, string>(layout.AllProperties(), StringComparer.Ordinal);
        if (EngineTypes.Of(content.Columns) is { } types)
        {
            properties[EngineTypes.Property] = types;
        }

        if (content.Constraints is { } constraints)
        {
            properties[TableConstraints.Property] = constraints;
        }

        var rows = 0L;
        await EnsureNamespaceAsync(identifier.Namespace, cancellationToken);
        await scope.ChangeTableAsync(
            identifier,
            existing is null ? TableChangeKind.Create : TableChangeKind.Replace,
            StatementWriter.MessageOf(statement),
            async (lake, transaction) =>
            {
                var current = scope.Find(identifier.Namespace, identifier.Name) is TableEntry entry ? await entry.LoadAsync(lake, cancellationToken) : null;
                var schema = Schema(content, layout);
                var table = current is null
                    ? await transaction.CreateAsync(identifier, schema, layout.Spec(schema), layout.Order(schema), properties, cancellationToken)
                    : Replace(transaction, current, schema, layout, hasLayout, properties);
                IReadOnlyList<DataFile> files = [];
                if (content.Select is { } select && create.WithData)
                {
                    var options = WriteOptions.Of(table.Metadata) with { Columns = content.Columns };
                    files = await ParquetTableWriter.WriteAsync(session.Connection, select, transaction.WriteTarget(table), options, cancellationToken);
                    rows = files.Sum(file => file.RecordCount);
                }

                if (current is null)
                {
                    transaction.Append(table, files, session.Sessions.Options.Summary);
                }
                else
                {
                    transaction.Overwrite(table, files, session.Sessions.Options.Summary);
                }

                return new TableEntry(table, commit: null) { Files = [.. files.Select(file => new ScanFile(file, 0, 0, SnapshotId: null, table.Metadata.DefaultSpec, []))], Stamp = Guid.NewGuid().ToString("N") };
            },
            cancellationToken);
        return rows;
    }

    async Task<TableContent> ContentAsync(CreateTableStatement create, (int First, int End) query, CancellationToken cancellationToken)
    {
        var text = statement.InPlace(query);
        var opened = await session.Reader.OpenAsync(statement.Script, statement.Tokens, session.DefaultSchema, cancellationToken);
        await session.Reader.PruneAsync(opened, text, session.DefaultSchema, cancellationToken);
        var select = statement.Part(query.First, query.End);
        if (InformationSchema.IsNamedIn(statement))
        {
            select = await new InformationSchema(session.Sessions, session.Database, session.Scope).RewriteAsync(new SqlStatement(statement.Script, [.. statement.Tokens.Skip(query.First).Take(query.End - query.First)]), cancellationToken);
            text = select;
        }

        var columns = await session.Connection.DescribeAsync(text, cancellationToken);
        if (create.Names is { } names)
        {
            if (names.Count > columns.Count)
            {
                throw SessionException.Invalid("Binder Error: Target table has more colum names than query result.");
            }

            select = $"SELECT * FROM (\n{select}\n) AS q({string.Join(", ", names.Select(n => SqlText.Identifier(n)))})";
            columns = await session.Connection.DescribeAsync(select, cancellationToken);
        }
        else if (columns.Select(c => c.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count() < columns.Count)
        {
            // DuckDB makes names that come twice distinct, as it does for a table.
            columns = await session.Connection.DescribeAsync($"SELECT * FROM (\n{select}\n) AS q", cancellationToken);
        }

        return new TableContent(columns, columns.Select(_ => false).ToList(), select, Constraints: null);
    }

    async Task<TableContent> EmptyAsync(CreateTableStatement create, TableIdentifier identifier, CancellationToken cancellationToken)
    {
        await session.Reader.OpenAsync(statement.Script, statement.Tokens, session.DefaultSchema, cancellationToken);
        return await TableConstraints.ReadAsync(session, identifier, create.Columns!, cancellationToken);
    }

    /// <summary>The default namespace is there as soon as somebody puts something in it, as DuckDB's main is.</summary>
    async Task EnsureNamespaceAsync(string ns, CancellationToken cancellationToken)
    {
        if (session.Scope.FindNamespace(ns) is null)
        {
            await session.Scope.ChangeNamesAsync([new NameChange(ns, null, null, Comes: true)], lake => lake.Catalog.EnsureNamespaceAsync(ns, cancellationToken), cancellationToken);
        }
    }

    static Schema Schema(TableContent content, TableLayout layout) => FreshIds.Assign(new Schema(0, [.. content.Columns.Select((column, i) =>
        new NestedField(i + 1, column.Name, content.Required[i], column.Type, layout.ColumnComments.GetValueOrDefault(column.Name)))]));

    static LakeTable Replace(TableTransaction transaction, LakeTable current, Schema schema, TableLayout layout, bool hasLayout, Dictionary<string, string> properties)
    {
        var table = transaction.OpenForOverwrite(current, schema);
        if (hasLayout)
        {
            var spec = layout.Spec(table.Schema);
            table = transaction.UpdatePartitioning(table, update => Partition(update, table, spec));
            table = transaction.UpdateSortOrder(table, update =>
            {
                foreach (var field in layout.Order(table.Schema).Fields)
                {
                    update.By(table.Schema.FindField(field.SourceId)!.Name, field.Direction, field.NullOrder, field.Transform);
                }
            });
        }

        List<string> derived = [EngineTypes.Property, TableConstraints.Property];
        if (hasLayout)
        {
            derived.Add("lakeaspire.cluster-by");
        }

        string[] stale = [.. derived.Where(p => table.Metadata.Properties.ContainsKey(p) && !properties.ContainsKey(p))];
        var changed = properties.Where(p => table.Metadata.Properties.GetValueOrDefault(p.Key) != p.Value).ToDictionary(p => p.Key, p => p.Value, StringComparer.Ordinal);
        return stale.Length + changed.Count == 0 ? table : transaction.UpdateProperties(table, changed, stale);
    }

    static void Partition(PartitionSpecUpdate update, LakeTable table, PartitionSpec wanted)
    {
        var fields = table.Metadata.DefaultSpec.Fields.Where(f => f.Transform.Kind != TransformKind.Void).ToList();
        foreach (var gone in fields.Where(f => !wanted.Fields.Any(w => w.SourceId == f.SourceId && w.Transform == f.Transform)))
        {
            update.Remove(gone.Name);
        }

        foreach (var field in wanted.Fields.Where(w => !fields.Any(f => w.SourceId == f.SourceId && w.Transform == f.Transform)))
        {
            update.Add(table.Schema.FindField(field.SourceId)!.Name, field.Transform, field.Name);
        }
    }
}

/// <summary>What a table is made of.</summary>
/// <param name="Columns">Its columns.</param>
/// <param name="Required">Which of them are never null.</param>
/// <param name="Select">The query that gives its rows; null when it has none.</param>
/// <param name="Constraints">Its constraints as the property says them; null when it has none but NOT NULL.</param>
internal sealed record TableContent(IReadOnlyList<ResultColumn> Columns, IReadOnlyList<bool> Required, string? Select, string? Constraints);
