namespace Lakehouse.Engine;

/// <summary>What a token of SQL is.</summary>
public enum SqlTokenKind
{
    /// <summary>A keyword or a name without quotes.</summary>
    Word,

    /// <summary>A name in double quotes.</summary>
    QuotedName,

    /// <summary>A text in single quotes or between dollar tags.</summary>
    Text,

    /// <summary>A number.</summary>
    Number,

    /// <summary>One character of anything else; <c>=></c> is one.</summary>
    Symbol,
}

/// <summary>A token, and where it stands.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">The character behind it.</param>
public readonly record struct SqlToken(SqlTokenKind Kind, int Start, int End)
{
    /// <summary>Whether it may be a name.</summary>
    public bool IsName => Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName;

    /// <summary>Its text.</summary>
    public ReadOnlySpan<char> Of(string sql) => sql.AsSpan(Start, End - Start);

    /// <summary>The name that it stands for: without its quotes, if it has some.</summary>
    public string NameOf(string sql) => Kind == SqlTokenKind.QuotedName ? Of(sql)[1..^1].ToString().Replace("\"\"", "\"", StringComparison.Ordinal) : Of(sql).ToString();

    /// <summary>Whether it is a word or symbol, in whatever case.</summary>
    public bool Is(string sql, string word) => Kind is SqlTokenKind.Word or SqlTokenKind.Symbol && Of(sql).Equals(word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>Takes SQL apart into words, as DuckDB does, without comments. For what its parser does not tell: where clauses of a statement begin, and clauses that its grammar does not have. What is allowed is never decided by it.</summary>
public static class SqlTokens
{
    /// <summary>The tokens of a text. It never fails: what is open at the end of the text ends there.</summary>
    public static List<SqlToken> Of(string sql)
    {
        var tokens = new List<SqlToken>();
        for (var at = 0; at < sql.Length;)
        {
            var c = sql[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            var (kind, end) = (c, Next(sql, at)) switch
            {
                ('-', '-') => ((SqlTokenKind?)null, LineEnd(sql, at)),
                ('/', '*') => (null, CommentEnd(sql, at)),
                ('\'', _) => (SqlTokenKind.Text, QuotedEnd(sql, at, backslash: false)),
                ('e' or 'E', '\'') => (SqlTokenKind.Text, QuotedEnd(sql, at + 1, backslash: true)),
                ('"', _) => (SqlTokenKind.QuotedName, QuotedEnd(sql, at, backslash: false)),
                ('$', _) when DollarEnd(sql, at) is { } dollar => (SqlTokenKind.Text, dollar),
                ('=', '>') => (SqlTokenKind.Symbol, at + 2),
                _ when char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Next(sql, at))) => (SqlTokenKind.Number, NumberEnd(sql, at)),
                _ when IsNamePart(c) => (SqlTokenKind.Word, NameEnd(sql, at)),
                _ => (SqlTokenKind.Symbol, at + 1),
            };
            if (kind is { } known)
            {
                tokens.Add(new SqlToken(known, at, end));
            }

            at = end;
        }

        return tokens;
    }

    static char Next(string sql, int at) => at + 1 < sql.Length ? sql[at + 1] : '\0';

    static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$' || c > 127;

    static int NameEnd(string sql, int at)
    {
        while (at < sql.Length && IsNamePart(sql[at]))
        {
            at++;
        }

        return at;
    }

    static int NumberEnd(string sql, int at)
    {
        while (at < sql.Length && (IsNamePart(sql[at]) || sql[at] == '.' || (sql[at] is '+' or '-' && sql[at - 1] is 'e' or 'E')))
        {
            at++;
        }

        return at;
    }

    static int LineEnd(string sql, int at) => sql.IndexOf('\n', at) is var end && end < 0 ? sql.Length : end;

    static int CommentEnd(string sql, int at)
    {
        var depth = 0;
        for (; at + 1 < sql.Length; at++)
        {
            if (sql[at] == '/' && sql[at + 1] == '*')
            {
                (depth, at) = (depth + 1, at + 1);
            }
            else if (sql[at] == '*' && sql[at + 1] == '/')
            {
                (depth, at) = (depth - 1, at + 1);
                if (depth == 0)
                {
                    return at + 1;
                }
            }
        }

        return sql.Length;
    }

    static int QuotedEnd(string sql, int start, bool backslash)
    {
        for (var at = start + 1; at < sql.Length; at++)
        {
            if (backslash && sql[at] == '\\')
            {
                at++;
            }
            else if (sql[at] == sql[start])
            {
                if (Next(sql, at) != sql[start])
                {
                    return at + 1;
                }

                at++;
            }
        }

        return sql.Length;
    }

    /// <summary>The end of <c>$$…$$</c> or <c>$tag$…$tag$</c>; null when there is none.</summary>
    static int? DollarEnd(string sql, int start)
    {
        var close = start + 1;
        while (close < sql.Length && sql[close] != '$' && IsNamePart(sql[close]))
        {
            close++;
        }

        if (close >= sql.Length || sql[close] != '$' || char.IsAsciiDigit(sql[start + 1]))
        {
            return null;
        }

        var end = sql.IndexOf(sql[start..(close + 1)], close + 1, StringComparison.Ordinal);
        return end < 0 ? sql.Length : end + close + 1 - start;
    }
}
