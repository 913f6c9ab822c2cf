using Lakehouse.Engine;

namespace Lakehouse.Pipelines.Sessions.Statements;

/// <summary>Walks through the tokens of a statement.</summary>
internal sealed class SqlCursor(SqlStatement statement)
{
    readonly string sql = statement.Script;
    readonly IReadOnlyList<SqlToken> tokens = statement.Tokens;

    /// <summary>The token that is next.</summary>
    public int At { get; set; }

    public bool IsEnd => At >= tokens.Count;

    public bool Is(string word, int ahead = 0) => At + ahead < tokens.Count && tokens[At + ahead].Is(sql, word);

    public bool IsAny(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Is(word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes these words if they all follow.</summary>
    public bool Take(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (!Is(words[i], i))
            {
                return false;
            }
        }

        At += words.Length;
        return true;
    }

    public void Expect(string word)
    {
        if (!Take(word))
        {
            throw Unexpected();
        }
    }

    /// <summary>Takes a name without dots.</summary>
    public string Name() => !IsEnd && tokens[At].IsName ? tokens[At++].NameOf(sql) : throw Unexpected();

    /// <summary>Takes a name with dots.</summary>
    public SqlName QualifiedName()
    {
        var parts = new List<string> { Name() };
        while (Is(".") && parts.Count < 8)
        {
            At++;
            parts.Add(Name());
        }

        return new SqlName(parts);
    }

    /// <summary>Takes an alias, with AS or without; a word that may follow a table is none.</summary>
    public string? Alias(params ReadOnlySpan<string> keywords)
    {
        if (Take("AS"))
        {
            return Name();
        }

        if (IsEnd || !tokens[At].IsName)
        {
            return null;
        }

        foreach (var keyword in keywords)
        {
            if (Is(keyword))
            {
                return null;
            }
        }

        return Name();
    }

    /// <summary>The token behind the bracket that closes the one that is next.</summary>
    public int Closing()
    {
        for (int i = At, depth = 0; i < tokens.Count; i++)
        {
            depth += Nesting(i);
            if (depth == 0)
            {
                return i + 1;
            }
        }

        throw Unexpected();
    }

    /// <summary>
    /// The next token from here on, outside of brackets and CASE … END, at which one of the words stands; the number of tokens when there is none. The FROM of IS DISTINCT FROM is no such word.
    /// </summary>
    public int Find(params ReadOnlySpan<string> words)
    {
        for (int i = At, depth = 0, cases = 0; i < tokens.Count; i++)
        {
            var nesting = Nesting(i);
            if (depth == 0 && cases == 0 && nesting == 0)
            {
                foreach (var word in words)
                {
                    if (tokens[i].Is(sql, word) && !(i > 0 && tokens[i].Is(sql, "FROM") && tokens[i - 1].Is(sql, "DISTINCT")) && !(i > 0 && tokens[i - 1].Is(sql, ".")))
                    {
                        return i;
                    }
                }
            }

            depth += nesting;
            if (tokens[i].Kind == SqlTokenKind.Word && depth == 0)
            {
                cases += tokens[i].Is(sql, "CASE") ? 1 : cases > 0 && tokens[i].Is(sql, "END") ? -1 : 0;
            }
        }

        return tokens.Count;
    }

    /// <summary>Takes what stands up to a token, as its places.</summary>
    public (int First, int End) TakeTo(int end)
    {
        var part = (At, end);
        At = end;
        return part;
    }

    /// <summary>The parts between the commas, brackets and CASE … END aside, up to a token.</summary>
    public IReadOnlyList<(int First, int End)> Items(int end)
    {
        var items = new List<(int, int)>();
        while (At < end)
        {
            items.Add(TakeTo(Math.Min(end, Find(","))));
            if (At < end)
            {
                At++;
            }
        }

        return items;
    }

    /// <summary>Takes names in brackets; null when that is not what follows.</summary>
    public IReadOnlyList<string>? NameList()
    {
        if (!Is("("))
        {
            return null;
        }

        var (start, names) = (At, new List<string>());
        do
        {
            At++;
            if (IsEnd || !tokens[At].IsName || !(Is(",", 1) || Is(")", 1)))
            {
                At = start;
                return null;
            }

            names.Add(Name());
        }
        while (Is(","));
        At++;
        return names;
    }

    public SessionException Unexpected() => SessionException.Invalid(IsEnd
        ? "Parser Error: syntax error at end of input"
        : $"Parser Error: syntax error at or near \"{tokens[At].Of(sql).ToString()}\"");

    int Nesting(int index) => tokens[index].Kind != SqlTokenKind.Symbol ? 0 : sql[tokens[index].Start] switch
    {
        '(' or '[' or '{' => 1,
        ')' or ']' or '}' => -1,
        _ => 0,
    };
}

/// <summary>A name with its parts.</summary>
internal sealed record SqlName(IReadOnlyList<string> Parts)
{
    public override string ToString() => SqlText.Identifier([.. Parts]);
}
