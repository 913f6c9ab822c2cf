using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>
/// Changes of rows by SQL, staged in a transaction. A table's properties say how (<c>write.delete.mode</c>, <c>write.update.mode</c>, <c>write.merge.mode</c>). What others commit meanwhile is
/// a conflict where it stands against the change, by the isolation level of the property <c>write.….isolation-level</c>; appends of other rows never are. The SQL is trusted: it runs with all rights of the connection.
/// </summary>
public static class TableTransactionRows
{
    /// <summary>Deletes the rows for which a condition is true. Files all of whose rows it deletes, as their statistics tell, are not opened.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="connection">Connection to run it on; temporary tables come and go.</param>
    /// <param name="table">A table that the transaction opened.</param>
    /// <param name="where">SQL over the table's columns, which may be qualified by <c>target</c>.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static Task<RowChangeResult> DeleteAsync(
        this TableTransaction transaction, DuckDbConnection connection, LakeTable table, string where, RowChangeOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync(transaction, connection, table, new ChangePlan("delete") { Where = where, TargetClauses = [new MergeClause(MergeRows.NotMatchedBySource, MergeAction.Delete)] }, options, cancellationToken);

    /// <summary>Deletes rows by copy-on-write, and writes other files again that hold deleted ones.</summary>
    internal static Task<RowChangeResult> EraseAsync(
        this TableTransaction transaction, DuckDbConnection connection, LakeTable table, string where, IReadOnlySet<string> rewrites, CancellationToken cancellationToken) =>
        RunAsync(
            transaction,
            connection,
            table,
            new ChangePlan("delete") { Where = where, Rewrites = rewrites, TargetClauses = [new MergeClause(MergeRows.NotMatchedBySource, MergeAction.Delete)] },
            new RowChangeOptions { Mode = RowChangeMode.CopyOnWrite },
            cancellationToken);

    /// <summary>Gives columns new values in the rows for which a condition is true.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="connection">Connection to run it on; temporary tables come and go.</param>
    /// <param name="table">A table that the transaction opened.</param>
    /// <param name="assignments">New values by column, as SQL over the row as it was.</param>
    /// <param name="where">SQL over the table's columns; null = all rows.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static Task<RowChangeResult> UpdateAsync(
        this TableTransaction transaction,
        DuckDbConnection connection,
        LakeTable table,
        IReadOnlyDictionary<string, string> assignments,
        string? where = null,
        RowChangeOptions? options = null,
        CancellationToken cancellationToken = default) =>
        RunAsync(
            transaction, connection, table, new ChangePlan("update") { Where = where, TargetClauses = [new MergeClause(MergeRows.NotMatchedBySource, MergeAction.Update, Values: assignments)] }, options, cancellationToken);

    /// <summary>Merges the rows of a query into the table.</summary>
    /// <exception cref="LakehouseException">InvalidData: two source rows for one target row, named by its key; the statement does not fit the table.</exception>
    public static async Task<RowChangeResult> MergeAsync(
        this TableTransaction transaction, DuckDbConnection connection, LakeTable table, MergeStatement merge, RowChangeOptions? options = null, CancellationToken cancellationToken = default)
    {
        var plan = MergePlan.Of(merge, table);
        return await RunAsync(transaction, connection, table, plan, options, cancellationToken);
    }

    /// <summary>Replaces the rows for which a condition is true by those of a query, all of which have to fulfil it too.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="connection">Connection to run it on; temporary tables come and go.</param>
    /// <param name="table">A table that the transaction opened.</param>
    /// <param name="where">SQL over the table's columns.</param>
    /// <param name="select">The query; columns go by name.</param>
    /// <param name="options">How; the mode is that of deletes.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="LakehouseException">InvalidData: a row of the query does not fulfil the condition.</exception>
    public static async Task<RowChangeResult> OverwriteWhereAsync(
        this TableTransaction transaction, DuckDbConnection connection, LakeTable table, string where, string select, RowChangeOptions? options = null, CancellationToken cancellationToken = default)
    {
        var refusal = $"Rows are to replace those of table {table.Identifier} where {where}, and one of them is none of these";
        var plan = new ChangePlan("delete")
        {
            Where = where,
            TargetClauses = [new MergeClause(MergeRows.NotMatchedBySource, MergeAction.Delete)],
            Source = $"SELECT * FROM (\n{select}\n) AS target WHERE CASE WHEN (\n{where}\n) THEN true ELSE error({SqlText.Literal(refusal)}) END",
            InsertClauses = [MergeClause.NotMatchedInsert()],
            TakesAllSourceColumns = true,
        };
        return await RunAsync(transaction, connection, table, plan, options, cancellationToken);
    }

    /// <summary>Replaces the partitions that a query has rows of by these rows; all rows of a table without partitions. Others stay as they are.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="connection">Connection to run it on.</param>
    /// <param name="table">A table that the transaction opened.</param>
    /// <param name="select">The query; columns go by name.</param>
    /// <param name="options">How; rows are never changed, only files replaced.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The rows that came; rows that go are not counted.</returns>
    /// <exception cref="LakehouseException">Unsupported: the table has files of another partition spec, which may hold rows of these partitions.</exception>
    public static async Task<RowChangeResult> ReplacePartitionsAsync(
        this TableTransaction transaction, DuckDbConnection connection, LakeTable table, string select, RowChangeOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RowChangeOptions();
        var snapshot = SnapshotOf(transaction, table, options);
        await foreach (var file in table.PlanFilesAsync(snapshot, cancellationToken))
        {
            if (file.File.SpecId != table.Metadata.DefaultSpecId)
            {
                throw LakehouseException.Unsupported($"Unsupported: partitions of table {table.Identifier} are to be replaced, and it has a file of another partition spec ({file.File.FilePath}); rewrite its data files first.");
            }
        }

        var files = await ParquetTableWriter.WriteAsync(connection, select, transaction.WriteTarget(table), options.Write ?? WriteOptions.Of(table.Metadata), cancellationToken);
        var result = new RowChangeResult(0, 0, files.Sum(file => file.RecordCount), Change: null);
        if (files.Count == 0)
        {
            return result;
        }

        var change = new SnapshotChange
        {
            Operation = SnapshotOperation.Overwrite,
            AddedDataFiles = files,
            ReplacedPartitions = [.. files.Select(PartitionKey.Of).Distinct()],
            Summary = new Dictionary<string, string>(options.Summary ?? new Dictionary<string, string>(), StringComparer.Ordinal) { ["replace-partitions"] = "true" },
            Validation = new ChangeValidation { StartingSnapshotId = snapshot?.SnapshotId, IsolationLevel = RowChangeSettings.Of(table.Metadata, "delete", options).Isolation },
        };
        transaction.Stage(table, change, options.Branch);
        return result with { Change = change };
    }

    static Snapshot? SnapshotOf(TableTransaction transaction, LakeTable table, RowChangeOptions options) => transaction.HasChanges(table)
        ? throw new InvalidOperationException($"{table.Identifier} is written in this transaction already: rows change by what is committed.")
        : table.Metadata.SnapshotByRef(options.Branch) ?? (options.Branch == SnapshotRef.Main ? table.CurrentSnapshot : null);

    static async Task<RowChangeResult> RunAsync(
        TableTransaction transaction, DuckDbConnection connection, LakeTable table, ChangePlan plan, RowChangeOptions? options, CancellationToken cancellationToken)
    {
        options ??= new RowChangeOptions();
        var snapshot = SnapshotOf(transaction, table, options);
        return await new RowChange(transaction, connection, table, plan, options).RunAsync(snapshot, cancellationToken);
    }
}
