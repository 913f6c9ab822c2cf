namespace LakeAspire.Query.Worker.Execution;

/// <summary>The text of one statement, to stand within another.</summary>
internal static class StatementText
{
    /// <summary>
    /// The text up to the semicolon that ends it, if there is one. DuckDB has already parsed it as one statement, so what follows is semicolons, comments and space; only those in texts, quoted names and comments
    /// are told apart here.
    /// </summary>
    public static string WithoutTerminator(string sql)
    {
        for (var i = 0; i < sql.Length; i++)
        {
            switch (sql[i])
            {
                case ';':
                    return sql[..i];
                case '\'' when i > 0 && sql[i - 1] is 'e' or 'E' && (i == 1 || !IsNamePart(sql[i - 2])):
                    i = EndOfQuoted(sql, i, backslash: true);
                    break;
                case '\'' or '"':
                    i = EndOfQuoted(sql, i, backslash: false);
                    break;
                case '-' when Next(sql, i) == '-':
                    i = EndOf(sql, i, "\n");
                    break;
                case '/' when Next(sql, i) == '*':
                    i = EndOfComment(sql, i);
                    break;
                case '$' when i == 0 || !IsNamePart(sql[i - 1]):
                    i = EndOfDollarQuoted(sql, i);
                    break;
            }
        }

        return sql;
    }

    static char Next(string sql, int at) => at + 1 < sql.Length ? sql[at + 1] : '\0';

    static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';

    static int EndOf(string sql, int from, string end)
    {
        var found = sql.IndexOf(end, from, StringComparison.Ordinal);
        return found < 0 ? sql.Length : found + end.Length - 1;
    }

    static int EndOfQuoted(string sql, int start, bool backslash)
    {
        for (var i = start + 1; i < sql.Length; i++)
        {
            if (backslash && sql[i] == '\\')
            {
                i++;
            }
            else if (sql[i] == sql[start])
            {
                if (Next(sql, i) != sql[start])
                {
                    return i;
                }

                i++;
            }
        }

        return sql.Length;
    }

    static int EndOfComment(string sql, int start)
    {
        var depth = 0;
        for (var i = start; i + 1 < sql.Length; i++)
        {
            if (sql[i] == '/' && sql[i + 1] == '*')
            {
                depth++;
                i++;
            }
            else if (sql[i] == '*' && sql[i + 1] == '/')
            {
                i++;
                if (--depth == 0)
                {
                    return i;
                }
            }
        }

        return sql.Length;
    }

    /// <summary><c>$$…$$</c> and <c>$tag$…$tag$</c>; a lone dollar is a parameter and ends here.</summary>
    static int EndOfDollarQuoted(string sql, int start)
    {
        var close = start + 1;
        while (close < sql.Length && IsNamePart(sql[close]) && sql[close] != '$')
        {
            close++;
        }

        return close < sql.Length && sql[close] == '$' && !char.IsAsciiDigit(Next(sql, start)) ? EndOf(sql, close + 1, sql[start..(close + 1)]) : start;
    }
}
