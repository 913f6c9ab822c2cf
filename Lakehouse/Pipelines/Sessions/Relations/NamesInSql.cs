using Lakehouse.Engine;

namespace Lakehouse.Pipelines.Sessions.Relations;

/// <summary>
/// The names that a text may mean: every word, and words with dots between them. More than a parser would find, never less, so that macros, views and whatever grammar DuckDB gets are all the same; what is named and not read costs a view that nobody queries.
/// </summary>
internal static class NamesInSql
{
    const int MaxParts = 5;

    public static IEnumerable<IReadOnlyList<string>> Of(string sql, IReadOnlyList<SqlToken> tokens)
    {
        var dynamic = false;
        for (var i = 0; i < tokens.Count; i++)
        {
            if (!tokens[i].IsName || (i > 0 && tokens[i - 1].Is(sql, ".")))
            {
                continue;
            }

            var parts = new List<string> { tokens[i].NameOf(sql) };
            for (var at = i + 1; parts.Count < MaxParts && at + 1 < tokens.Count && tokens[at].Is(sql, ".") && tokens[at + 1].IsName; at += 2)
            {
                parts.Add(tokens[at + 1].NameOf(sql));
            }

            dynamic |= parts is [var word] && (word.Equals("query", StringComparison.OrdinalIgnoreCase) || word.Equals("query_table", StringComparison.OrdinalIgnoreCase) || word.StartsWith("pragma_", StringComparison.OrdinalIgnoreCase));
            yield return parts;
        }

        // Functions that take the name of a table, or a query, as text.
        foreach (var text in dynamic ? tokens.Where(t => t.Kind == SqlTokenKind.Text) : [])
        {
            var inner = text.Of(sql).Trim('\'').ToString();
            foreach (var name in Of(inner, SqlTokens.Of(inner)))
            {
                yield return name;
            }
        }
    }
}
