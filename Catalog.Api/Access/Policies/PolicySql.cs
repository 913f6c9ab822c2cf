using System.Text;

namespace LakeAspire.Catalog.Access.Policies;

/// <summary>
/// The SQL of row filters and masks: expressions over the table's columns, with <c>caller()</c> or <c>current_user()</c> for the caller's name and <c>is_member('group')</c> for its groups and roles.
/// What may stand in one is listed here, and nothing else may: no subquery, no other table, no function that reads anything but its arguments. Query.Api says whether the types fit.
/// </summary>
internal static class PolicySql
{
    public const int MaxLength = 4000;
    public const string CallerFunction = "caller";
    public const string CurrentUserFunction = "current_user";
    public const string MemberFunction = "is_member";

    static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase)
    {
        "and", "or", "not", "is", "null", "true", "false", "in", "like", "ilike", "between", "case", "when", "then", "else", "end", "distinct", "from", "escape",
        "varchar", "text", "boolean", "integer", "bigint", "double", "decimal", "date", "timestamp", "timestamptz", "uuid", "blob", "interval", "as",
    };

    static readonly HashSet<string> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        CallerFunction, CurrentUserFunction, MemberFunction, "cast", "try_cast", "coalesce", "nullif", "concat", "concat_ws", "lower", "upper", "trim", "ltrim", "rtrim", "length", "left", "right", "substr", "substring", "replace",
        "reverse", "lpad", "rpad", "repeat", "starts_with", "ends_with", "contains", "regexp_matches", "regexp_replace", "regexp_extract", "split_part", "md5", "sha256", "abs", "round",
        "floor", "ceil", "sign", "mod", "greatest", "least", "date_trunc", "date_part", "year", "month", "day", "strftime", "list_contains",
    };

    /// <summary>Why an expression is refused; null when it is fine. What it names is found in the columns, and kept there.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="columns">The table's columns.</param>
    public static string? Problem(string expression, PolicyColumns columns)
    {
        if (string.IsNullOrWhiteSpace(expression) || expression.Length > MaxLength)
        {
            return $"is empty or longer than {MaxLength} characters";
        }

        var depth = 0;
        var tokens = Tokens(expression).ToList();
        for (var i = 0; i < tokens.Count; i++)
        {
            var (kind, text) = tokens[i];
            var opens = At(tokens, i + 1) == (TokenKind.Sign, "(");
            depth += text == "(" && kind == TokenKind.Sign ? 1 : text == ")" && kind == TokenKind.Sign ? -1 : 0;
            var path = kind == TokenKind.Name || (kind == TokenKind.Word && !opens) ? Path(tokens, i) : [];
            var isWord = kind == TokenKind.Word && path.Count <= 1 && Words.Contains(text);
            var problem = kind switch
            {
                TokenKind.Unknown => $"contains {text}, which is not allowed",
                TokenKind.Name when opens => $"calls a function that is not allowed: {text}",
                TokenKind.Word when opens && !Functions.Contains(text) && !Words.Contains(text) => $"calls a function that is not allowed: {text}",
                TokenKind.Word when opens && IsCallerFunction(text) && CallLength(tokens, i) == 0 => $"must call it as {CallerFunction}(), {CurrentUserFunction}() or {MemberFunction}('group')",
                _ when path.Count > 1 && At(tokens, i + (2 * path.Count) - 1) == (TokenKind.Sign, "(") => $"calls a function that is not allowed: {string.Join('.', path)}",
                TokenKind.Sign when text == "." => "contains a dot that does not stand between a column and a field of it",
                _ when depth < 0 => "closes a parenthesis that is not open",

                // FROM stands in "is distinct from" alone; anywhere else it would begin a subquery or a special form of a function.
                TokenKind.Word when Is(text, "from") && !(i > 0 && Is(tokens[i - 1].Text, "distinct")) => "contains FROM",
                TokenKind.Word when Is(text, "distinct") && !(i + 1 < tokens.Count && Is(tokens[i + 1].Text, "from")) => "contains DISTINCT",

                // A word of SQL may be the name of a column, too.
                _ when path.Count > 0 && (!isWord || columns.Has(text)) => columns.Problem(path),
                _ => null,
            };
            if (problem is not null)
            {
                return problem;
            }

            i += Math.Max(0, (2 * path.Count) - 2);
        }

        return depth == 0 ? null : "leaves a parenthesis open";
    }

    static (TokenKind Kind, string Text) At(List<(TokenKind Kind, string Text)> tokens, int at) => at < tokens.Count ? tokens[at] : default;

    /// <summary>The names from a place on, with dots between them.</summary>
    static List<string> Path(List<(TokenKind Kind, string Text)> tokens, int at)
    {
        var names = new List<string> { tokens[at].Text };
        for (; at + 2 < tokens.Count && tokens[at + 1] == (TokenKind.Sign, ".") && tokens[at + 2].Kind is TokenKind.Word or TokenKind.Name; at += 2)
        {
            names.Add(tokens[at + 2].Text);
        }

        return names;
    }

    /// <summary>The expression for one caller, who stands in it as literals.</summary>
    public static string Bind(string expression, string caller, IReadOnlySet<string> groups)
    {
        var tokens = Tokens(expression).ToList();
        var bound = new StringBuilder();
        for (var i = 0; i < tokens.Count; i++)
        {
            var (kind, text) = tokens[i];
            var length = kind == TokenKind.Word && IsCallerFunction(text) ? CallLength(tokens, i) : 0;
            if (length > 0)
            {
                bound.Append(IsName(text) ? Literal(caller) : groups.Contains(Unquoted(tokens[i + 2].Text)) ? "TRUE" : "FALSE");
                i += length - 1;
            }
            else
            {
                bound.Append(kind == TokenKind.Name ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text);
            }

            bound.Append(' ');
        }

        return bound.ToString().TrimEnd();
    }

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    static bool IsCallerFunction(string text) => IsName(text) || Is(text, MemberFunction);

    static bool IsName(string text) => Is(text, CallerFunction) || Is(text, CurrentUserFunction);

    static bool Is(string text, string word) => string.Equals(text, word, StringComparison.OrdinalIgnoreCase);

    static string Unquoted(string literal) => literal[1..^1].Replace("''", "'", StringComparison.Ordinal);

    /// <summary>How many tokens a well-formed call of ours takes; 0 when it is malformed.</summary>
    static int CallLength(List<(TokenKind Kind, string Text)> tokens, int at)
    {
        bool Sign(int offset, string text) => at + offset < tokens.Count && tokens[at + offset] == (TokenKind.Sign, text);
        return IsName(tokens[at].Text)
            ? Sign(1, "(") && Sign(2, ")") ? 3 : 0
            : Sign(1, "(") && at + 2 < tokens.Count && tokens[at + 2].Kind == TokenKind.Text && Sign(3, ")") ? 4 : 0;
    }

    enum TokenKind
    {
        Word,
        Name,
        Text,
        Number,
        Sign,
        Unknown,
    }

    static IEnumerable<(TokenKind Kind, string Text)> Tokens(string sql)
    {
        for (var i = 0; i < sql.Length;)
        {
            var c = sql[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }

            var (kind, length) = char.IsAsciiLetter(c) || c == '_' ? (TokenKind.Word, Run(sql, i, x => char.IsAsciiLetterOrDigit(x) || x == '_'))
                : char.IsAsciiDigit(c) ? (TokenKind.Number, Run(sql, i, x => char.IsAsciiDigit(x) || x == '.'))
                : c is '\'' or '"' ? (c == '"' ? TokenKind.Name : TokenKind.Text, Quoted(sql, i))
                : (TokenKind.Sign, Sign(sql, i));
            if (length == 0)
            {
                yield return (TokenKind.Unknown, sql[i..Math.Min(sql.Length, i + 8)]);
                yield break;
            }

            var text = sql.Substring(i, length);
            yield return (kind, kind == TokenKind.Name ? text[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : text);
            i += length;
        }
    }

    static int Run(string sql, int at, Func<char, bool> belongs) => sql.AsSpan(at).ToArray().TakeWhile(belongs).Count();

    /// <summary>Length of a quoted text with its quotes; 0 when it does not end.</summary>
    static int Quoted(string sql, int at)
    {
        // A letter before the quote would give the text another meaning: E'\\n', X'00'.
        if (at > 0 && (char.IsAsciiLetterOrDigit(sql[at - 1]) || sql[at - 1] == '_'))
        {
            return 0;
        }

        for (var i = at + 1; i < sql.Length; i++)
        {
            if (sql[i] != sql[at])
            {
                continue;
            }

            if (i + 1 == sql.Length || sql[i + 1] != sql[at])
            {
                return i + 1 - at;
            }

            i++;
        }

        return 0;
    }

    /// <summary>Length of an operator; 0 when it is none of those allowed. Comments and the end of a statement are not.</summary>
    static int Sign(string sql, int at)
    {
        var two = at + 1 < sql.Length ? sql.Substring(at, 2) : "";
        return two is "--" or "/*" ? 0 : two is "<=" or ">=" or "<>" or "!=" or "||" or "::" ? 2 : sql[at] is '(' or ')' or ',' or '=' or '<' or '>' or '+' or '-' or '*' or '/' or '%' or '.' ? 1 : 0;
    }
}
