using Lakehouse.Engine;
using Lakehouse.Engine.Filters;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>Between which keys the rows of a merge's source lie: target rows outside have no source row, and their files need not be opened.</summary>
static class SourceRange
{
    /// <summary>The filter; null when nothing is known of any key.</summary>
    /// <param name="connection">Connection that has the source.</param>
    /// <param name="schema">Columns of the target.</param>
    /// <param name="keys">Keys by whose equality rows match.</param>
    /// <param name="columns">Columns of the source.</param>
    /// <param name="source">The source as a table.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public static async Task<Expression?> FilterAsync(
        DuckDbConnection connection, Schema schema, IReadOnlyList<string> keys, IReadOnlyList<ResultColumn> columns, string source, CancellationToken cancellationToken)
    {
        var filters = new List<Expression>();
        foreach (var key in keys)
        {
            // Equal types compare as themselves; others may be compared in a third type, in which the range would be another.
            var field = schema.Fields.FirstOrDefault(field => field.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
            var given = columns.FirstOrDefault(column => column.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (field is { Type: PrimitiveType } && given is not null && given.Type == field.Type)
            {
                var name = SqlText.Identifier(key);
                var least = await connection.ScalarAsync<string>($"SELECT CAST(min({name}) AS VARCHAR) FROM {source}", cancellationToken: cancellationToken);
                var greatest = await connection.ScalarAsync<string>($"SELECT CAST(max({name}) AS VARCHAR) FROM {source}", cancellationToken: cancellationToken);
                if (least is null || greatest is null)
                {
                    return Expression.False;
                }

                if (!least.Contains('\0') && !greatest.Contains('\0'))
                {
                    filters.Add(await RangeAsync(connection, schema, field, least, greatest, cancellationToken) ?? Expression.True);
                }
            }
        }

        return filters.Count == 0 ? null : Expression.AllOf(filters);
    }

    static Task<Expression?> RangeAsync(DuckDbConnection connection, Schema schema, NestedField field, string least, string greatest, CancellationToken cancellationToken)
    {
        var name = SqlText.Identifier(field.Name);
        return SqlFilter.ParseAsync(connection, $"{name} >= {Constant(field.Type, least)} AND {name} <= {Constant(field.Type, greatest)}", schema, cancellationToken);
    }

    /// <summary>The engine's text of a value as a constant of a form that filters know.</summary>
    static string Constant(IcebergType type, string text) =>
        type is DecimalType || type == IcebergType.Int || type == IcebergType.Long ? text
        : type == IcebergType.String ? SqlText.Literal(text)
        : $"CAST({SqlText.Literal(text)} AS {SqlTypes.Of(type)})";
}
