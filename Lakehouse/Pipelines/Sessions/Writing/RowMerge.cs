using Lakehouse.Engine;
using Lakehouse.Formats;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>MERGE INTO.</summary>
internal sealed class RowMerge(LakeSession session, SqlStatement statement)
{
    /// <returns>The rows inserted, updated and deleted.</returns>
    public async Task<long> RunAsync(MergeSqlStatement merge, CancellationToken cancellationToken)
    {
        await session.Reader.OpenAsync(statement.Script, statement.Tokens, session.DefaultSchema, cancellationToken);
        var source = $"{statement.Part(merge.With.First, merge.With.End)}\nSELECT * FROM {statement.Part(merge.Source.First, merge.Source.End)}{(merge.SourceAlias is { } alias ? $" AS {SqlText.Identifier(alias)}" : " AS source")}";
        var columns = await session.Connection.DescribeAsync(source, cancellationToken);
        var names = new QualifiedText(statement).Map(merge.Alias, merge.Name, "target").Map(merge.SourceAlias, null, "source");
        try
        {
            return await new RowChanges(session, statement).RunAsync(
                merge.Name,
                "merge",
                (lake, transaction, table, options) => transaction.MergeAsync(
                    session.Connection,
                    table,
                    new MergeStatement { Source = source, Keys = merge.Keys, On = merge.On is { } on ? names.Of(on) : null, Clauses = [.. merge.Clauses.Select(clause => Clause(clause, table, columns, names))] },
                    options,
                    cancellationToken),
                result => result.Inserted + result.Updated + result.Deleted,
                cancellationToken);
        }
        catch (LakehouseException error) when (error is not (EngineException or SessionException) && error.Message.Contains("rows of the source match one row of table", StringComparison.Ordinal))
        {
            throw new SessionException(
                error.Kind,
                $"Invalid Input Error: MERGE INTO command cannot affect the same target row more than once. A target row matched more than one source row; ensure the source rows are deduplicated or the ON condition is unique. ({error.Message})",
                inner: error);
        }
    }

    static MergeClause Clause(MergeSqlClause clause, LakeTable table, IReadOnlyList<ResultColumn> columns, QualifiedText names)
    {
        var condition = clause.Condition is { } text ? names.Of(text) : null;
        if (clause.Action is not (MergeAction.Update or MergeAction.Insert))
        {
            return new MergeClause(clause.Rows, clause.Action, condition);
        }

        var given = clause.Values is { } values ? values.Select((v, i) => (Column: clause.ByPosition ? Nth(table, i, values.Count) : v.Column, Sql: names.Of((v.First, v.End))))
            : clause.ByPosition ? columns.Select((c, i) => (Column: Nth(table, i, columns.Count), Sql: $"source.{SqlText.Identifier(c.Name)}"))
            : columns.Select(c => (Column: c.Name, Sql: $"source.{SqlText.Identifier(c.Name)}"));
        var assigned = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (column, sql) in given)
        {
            var field = table.Schema.Fields.FirstOrDefault(f => f.Name.Equals(column, StringComparison.OrdinalIgnoreCase))
                ?? throw SessionException.Invalid($"Binder Error: Table \"{table.Identifier.Name}\" does not have a column with name \"{column}\"");
            assigned[field.Name] = $"CAST(({sql}\n) AS {EngineTypes.TypeOf(table.Metadata, field)})";
        }

        return new MergeClause(clause.Rows, clause.Action, condition, assigned);
    }

    static string Nth(LakeTable table, int index, int count) => count == table.Schema.Fields.Count
        ? table.Schema.Fields[index].Name
        : throw SessionException.Invalid(RowInsertion.Mismatch(table.Identifier.Name, table.Schema.Fields.Count, count, named: false));
}
