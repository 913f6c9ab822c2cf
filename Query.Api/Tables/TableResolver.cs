using LakeAspire.Query.Expansion;
using LakeAspire.Query.Parsing;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Formats;
using Lakehouse.Formats.Expressions;
using Lakehouse.Tables;

namespace LakeAspire.Query.Tables;

/// <summary>Turns what a statement reads into relations over the files that it needs.</summary>
internal sealed class TableResolver(Lake lake, TrustedEngine engine, StatementExpander expander, QueryUses uses)
{
    /// <summary>The lake's files for one query, which the worker may open: they stay until it has ended.</summary>
    public CachedFiles OpenFiles() => lake.OpenFiles();

    /// <summary>The views over the files that the query needs, and all files that they read.</summary>
    /// <param name="query">The query.</param>
    /// <param name="scope">Who runs it, over which state of the lake.</param>
    /// <param name="files">Keeps files within reach.</param>
    /// <param name="plans">Whether what was planned is asked for, and not only what it saves.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ServiceDefaults.Errors.ApiException">A table does not exist, or cannot be read.</exception>
    public async Task<ResolvedTables> ResolveAsync(ParsedQuery query, QueryScope scope, CachedFiles files, bool plans, CancellationToken cancellationToken)
    {
        using var statement = await expander.ExpandAsync(query, scope, cancellationToken);
        var needs = await uses.OfAsync(statement, plans, cancellationToken);
        var tables = await Task.WhenAll(statement.Tables.Select(async (table, i) => new PlannedTable(table, needs[i], await ResolveAsync(table.Opened, needs[i].Filter, files, cancellationToken))));
        return new ResolvedTables(statement, tables, Views(statement, tables));
    }

    static List<TableView> Views(ExpandedStatement statement, IReadOnlyList<PlannedTable> tables)
    {
        var planned = tables.ToDictionary(table => table.Table, table => table.Resolved.Relation);
        return [.. statement.Relations.Select(relation => relation switch
        {
            TableRelation table => new TableView(table.Name.Schema, table.Name.Name, table.Guard is { } guard ? $"({guard.Around(planned[table])})" : planned[table])
            {
                Catalog = table.Name.Catalog,
                Fault = table.Guard is null ? null : SqlErrors.PolicyBroken(table.Table.ToString()).Message,
            },
            ViewRelation view => new TableView(view.Name.Schema, view.Name.Name, $"({ViewSql.Walled(view)})")
            {
                Catalog = view.Name.Catalog,
                Columns = view.Columns.Count == 0 ? null : [.. view.Columns.Select(column => column.Name)],
                Fault = SqlErrors.ViewBroken(view.Table.ToString(), "its SQL no longer fits what it reads, or the columns that it was given.").Message,
                TellsWhy = view is { TellsWhy: true, Guard: null },
            },
            _ => throw new InvalidOperationException(),
        })];
    }

    async Task<ResolvedTable> ResolveAsync(QueriedTable table, Expression? filter, CachedFiles files, CancellationToken cancellationToken)
    {
        try
        {
            using var connection = engine.Connect();
            return await table.ResolveAsync(connection, filter, files, cancellationToken);
        }
        catch (LakehouseException unsupported) when (unsupported.Kind == LakehouseErrorKind.Unsupported)
        {
            throw SqlErrors.Bind(unsupported.Message);
        }
        catch (LakehouseException broken) when (table is QueriedDelta && broken.Kind is (LakehouseErrorKind.NotFound or LakehouseErrorKind.InvalidData))
        {
            // Others write it: what is wrong with it is no fault of this service.
            throw SqlErrors.Bind(broken.Message);
        }
        catch (LakehouseException outside) when (table is QueriedDelta && outside.Kind == LakehouseErrorKind.Denied)
        {
            throw SqlErrors.Bind($"Unsupported: the Delta table {table.Name} refers to files outside of its own folder, which are not read.");
        }
    }
}
