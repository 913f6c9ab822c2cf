using Lakehouse.Engine;
using Lakehouse.Engine.Filters;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>What statistics can tell of a condition.</summary>
/// <param name="Some">A filter that every row passes for which the condition is true; null when none is known.</param>
/// <param name="None">Tells files for all of whose rows the condition is certainly true; null when none can be told.</param>
sealed record WhereFilter(Expression? Some, Func<DataFile, bool>? None)
{
    public static async Task<WhereFilter> ParseAsync(DuckDbConnection connection, string where, LakeTable table, CancellationToken cancellationToken)
    {
        var some = await SqlFilter.ParseAsync(connection, where, table.Schema, cancellationToken);
        var negated = some is null ? null : await SqlFilter.ParseAsync(connection, $"NOT (\n{where}\n)", table.Schema, cancellationToken);
        return new WhereFilter(some, some is null || negated is null ? null : Certain(some, negated, table));
    }

    /// <summary>
    /// No row of a file makes the condition false, and none makes it null: all columns that the negation looks at are among those whose comparisons every row passes, so they hold no null. What the parser did not
    /// understand it left out of the negation where it could only make the condition true, or it gave the negation up as a whole.
    /// </summary>
    static Func<DataFile, bool>? Certain(Expression some, Expression negated, LakeTable table)
    {
        var compared = some switch
        {
            ColumnPredicate predicate => [predicate],
            And all when all.Operands.All(operand => operand is ColumnPredicate) => all.Operands.Cast<ColumnPredicate>().ToArray(),
            _ => [],
        };
        if (compared.Length == 0 || compared.Any(predicate => predicate.Operator == PredicateOperator.IsNull) || Columns(negated).Except(compared.Select(predicate => predicate.Column)).Any())
        {
            return null;
        }

        var (passes, fails) = (new FileFilter(some, table.Metadata, table.Schema), new FileFilter(negated, table.Metadata, table.Schema));
        return file => passes.AllPass(file) && !fails.MayPass(file);
    }

    static IEnumerable<ColumnPath> Columns(Expression filter) => filter switch
    {
        ColumnPredicate predicate => [predicate.Column],
        And all => all.Operands.SelectMany(Columns),
        Or any => any.Operands.SelectMany(Columns),
        Not not => Columns(not.Operand),
        _ => [],
    };
}
