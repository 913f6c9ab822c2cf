using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>ALTER TABLE and COMMENT ON.</summary>
internal sealed class TableAlteration(LakeSession session)
{
    public async Task RunAsync(AlterStatement alter, CancellationToken cancellationToken)
    {
        var identifier = session.Resolve(alter.Name);
        if (session.Scope.Find(identifier.Namespace, identifier.Name) is null && alter.IfExists)
        {
            return;
        }

        if (alter.Action is AlterAction.RenameTo rename)
        {
            await new NameWrites(session).RenameAsync(alter.Name, rename.Name, cancellationToken);
            return;
        }

        if (alter.Thing == NamedThing.View)
        {
            throw SessionException.Unsupported("ALTER VIEW other than RENAME TO; CREATE OR REPLACE VIEW does it");
        }

        await ChangeAsync(alter.Name, async table => alter.Action switch
        {
            AlterAction.RenameColumn(var column, var name) => Renamed(table, column, name),
            AlterAction.AddColumn add => await AddedAsync(table, add, cancellationToken),
            AlterAction.DropColumn drop => Dropped(table, drop),
            AlterAction.SetType(var column, var type) => await WidenedAsync(table, column, type, cancellationToken),
            AlterAction.DropNotNull(var column) => (transaction, known) => transaction.UpdateSchema(known, update => update.MakeOptional(NameOf(table, column))),
            AlterAction.SetProperties(var properties) => (transaction, known) => transaction.UpdateProperties(known, properties),
            var other => throw new InvalidOperationException($"no change: {other}"),
        }, "ALTER TABLE", cancellationToken);
    }

    public async Task CommentAsync(CommentStatement comment, CancellationToken cancellationToken)
    {
        if (comment.Thing == NamedThing.Schema)
        {
            throw SessionException.Unsupported("COMMENT ON SCHEMA");
        }

        var identifier = session.Resolve(comment.Name);
        if (session.Scope.Find(identifier.Namespace, identifier.Name) is ViewEntry view)
        {
            if (comment.Column is not null)
            {
                throw SessionException.Unsupported("COMMENT ON COLUMN of a view");
            }

            await session.Scope.ChangeNamesAsync([], async lake =>
            {
                var loaded = await lake.Catalog.LoadViewAsync(identifier, cancellationToken);
                await lake.Catalog.CommitViewAsync(identifier, [new AssertViewUuid(loaded.Metadata.ViewUuid)], [new SetProperties(new Dictionary<string, string>(StringComparer.Ordinal) { ["comment"] = comment.Text ?? "" })], cancellationToken);
            }, cancellationToken);
            return;
        }

        await ChangeAsync(comment.Name, table => Task.FromResult<Func<TableTransaction, LakeTable, LakeTable>?>((transaction, known) => comment.Column is { } column
            ? transaction.UpdateSchema(known, update => update.SetDoc(NameOf(table, column), comment.Text))
            : comment.Text is { } text ? transaction.UpdateProperties(known, new Dictionary<string, string>(StringComparer.Ordinal) { ["comment"] = text }) : transaction.UpdateProperties(known, remove: ["comment"])), "COMMENT ON", cancellationToken);
    }

    async Task ChangeAsync(SqlName name, Func<LakeTable, Task<Func<TableTransaction, LakeTable, LakeTable>?>> plan, string what, CancellationToken cancellationToken)
    {
        var (_, first) = await StatementWriter.TableAsync(session, name, cancellationToken);
        if (await plan(first) is null)
        {
            return;
        }

        await session.Scope.ChangeTableAsync(
            first.Identifier,
            TableChangeKind.Metadata,
            $"{what} {first.Identifier}",
            async (lake, transaction) =>
            {
                var (entry, loaded) = await StatementWriter.TableAsync(session, name, cancellationToken);
                var table = transaction.StagedOr(loaded);
                var change = (await plan(table))!;
                var changed = change(transaction, table);
                return new TableEntry(changed, entry.Commit) { Files = entry.Files, Stamp = Guid.NewGuid().ToString("N") };
            },
            cancellationToken);
    }

    Func<TableTransaction, LakeTable, LakeTable> Renamed(LakeTable table, string column, string name)
    {
        var old = NameOf(table, column);
        if (table.Schema.Fields.Any(f => f.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && f.Name != old))
        {
            throw new SessionException(LakehouseErrorKind.AlreadyExists, $"Catalog Error: Column with name {name} already exists!");
        }

        return (transaction, known) => Typed(transaction, transaction.UpdateSchema(known, update => update.Rename(old, name)), old, name, null);
    }

    async Task<Func<TableTransaction, LakeTable, LakeTable>?> AddedAsync(LakeTable table, AlterAction.AddColumn add, CancellationToken cancellationToken)
    {
        if (table.Schema.Fields.Any(f => f.Name.Equals(add.Column, StringComparison.OrdinalIgnoreCase)))
        {
            return add.IfNotExists ? null : throw new SessionException(LakehouseErrorKind.AlreadyExists, $"Catalog Error: Column with name {add.Column} already exists!");
        }

        var type = (await session.Connection.DescribeAsync($"SELECT CAST(NULL AS {add.Type}) AS c", cancellationToken))[0];
        return (transaction, known) => Typed(transaction, transaction.UpdateSchema(known, update => update.Add(add.Column, type.Type, required: add.Required)), add.Column, add.Column, type.DuckDbType);
    }

    Func<TableTransaction, LakeTable, LakeTable>? Dropped(LakeTable table, AlterAction.DropColumn drop)
    {
        if (drop.IfExists && !table.Schema.Fields.Any(f => f.Name.Equals(drop.Column, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var name = NameOf(table, drop.Column);
        if (TableConstraints.Any(table))
        {
            throw SessionException.Unsupported($"dropping column {name} of table {table.Identifier}, which has constraints; CREATE OR REPLACE TABLE does it");
        }

        return (transaction, known) => Typed(transaction, transaction.UpdateSchema(known, update => update.Drop(name)), name, null, null);
    }

    async Task<Func<TableTransaction, LakeTable, LakeTable>?> WidenedAsync(LakeTable table, string column, string type, CancellationToken cancellationToken)
    {
        var name = NameOf(table, column);
        var wanted = (await session.Connection.DescribeAsync($"SELECT CAST(NULL AS {type}) AS c", cancellationToken))[0];
        var current = table.Schema.Fields.First(f => f.Name == name);
        if (EngineTypes.TypeOf(table.Metadata, current) == wanted.DuckDbType)
        {
            return null;
        }

        return wanted.Type is PrimitiveType primitive && TypePromotion.IsAllowed(current.Type, primitive, table.Metadata.FormatVersion)
            ? (transaction, known) => Typed(transaction, current.Type.Equals(primitive) ? known : transaction.UpdateSchema(known, update => update.Widen(name, primitive)), name, name, wanted.DuckDbType)
            : throw SessionException.Unsupported($"column {name} of table {table.Identifier} cannot change from {EngineTypes.TypeOf(table.Metadata, current)} to {wanted.DuckDbType} in place: a table's columns become wider only (INTEGER to BIGINT, FLOAT to DOUBLE, more digits of a DECIMAL). CREATE OR REPLACE TABLE … AS SELECT rewrites it");
    }

    /// <summary>Keeps the types that the lake has no types for up with a change of a column.</summary>
    static LakeTable Typed(TableTransaction transaction, LakeTable table, string column, string? newName, string? type)
    {
        var before = table.Metadata.Properties.GetValueOrDefault(EngineTypes.Property);
        var after = EngineTypes.With(table.Metadata, column, newName, type);
        return before == after || (before is null && after == "{}") ? table : transaction.UpdateProperties(table, new Dictionary<string, string>(StringComparer.Ordinal) { [EngineTypes.Property] = after });
    }

    static string NameOf(LakeTable table, string column) => table.Schema.Fields.FirstOrDefault(f => f.Name.Equals(column, StringComparison.OrdinalIgnoreCase))?.Name
        ?? throw new SessionException(LakehouseErrorKind.NotFound, $"Binder Error: Table \"{table.Identifier.Name}\" does not have a column with name \"{column}\"");
}
