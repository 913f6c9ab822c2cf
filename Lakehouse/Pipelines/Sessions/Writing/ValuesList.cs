using Lakehouse.Engine;
using Lakehouse.Pipelines.Sessions.Statements;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>The rows of <c>VALUES (…), (…)</c>.</summary>
internal sealed class ValuesList(SqlStatement statement, IReadOnlyList<IReadOnlyList<(int First, int End)>> rows)
{
    /// <summary>Reads the rows; null when it is another query.</summary>
    public static ValuesList? Of(SqlStatement statement, (int First, int End) query)
    {
        var cursor = new SqlCursor(statement) { At = query.First };
        if (!cursor.Take("VALUES"))
        {
            return null;
        }

        var rows = new List<IReadOnlyList<(int, int)>>();
        do
        {
            if (!cursor.Is("("))
            {
                return null;
            }

            var end = cursor.Closing() - 1;
            cursor.At++;
            rows.Add(cursor.Items(end));
            cursor.At = end + 1;
        }
        while (cursor.Take(","));
        return cursor.At == query.End ? new ValuesList(statement, rows) : null;
    }

    /// <summary>A query of the rows, each value brought to the type of its column.</summary>
    public string Select(IReadOnlyList<(string Name, string Type)> columns, string table, bool named)
    {
        var wrong = rows.FirstOrDefault(row => row.Count != columns.Count);
        if (wrong is not null)
        {
            throw SessionException.Invalid(RowInsertion.Mismatch(table, columns.Count, wrong.Count, named));
        }

        var values = rows.Select(row => $"({string.Join(", ", row.Select((value, i) => $"CAST({Value(value)} AS {columns[i].Type})"))})");
        return $"SELECT * FROM (VALUES {string.Join(",\n", values)}) AS q({string.Join(", ", columns.Select(c => SqlText.Identifier(c.Name)))})";
    }

    string Value((int First, int End) value) => value.End == value.First + 1 && statement.Tokens[value.First].Is(statement.Script, "DEFAULT") ? "NULL" : $"({statement.Part(value.First, value.End)}\n)";
}
