using System.Text;
using Lakehouse.Engine;

namespace Lakehouse.Pipelines.Sessions.Statements;

/// <summary>A text of statements.</summary>
internal static class SqlScript
{
    /// <summary>The statements between the semicolons; texts without a word in them are none.</summary>
    public static IReadOnlyList<SqlStatement> Split(string sql)
    {
        var statements = new List<SqlStatement>();
        var tokens = new List<SqlToken>();
        foreach (var token in SqlTokens.Of(sql))
        {
            if (!token.Is(sql, ";"))
            {
                tokens.Add(token);
            }
            else if (tokens.Count > 0)
            {
                statements.Add(new SqlStatement(sql, tokens));
                tokens = [];
            }
        }

        if (tokens.Count > 0)
        {
            statements.Add(new SqlStatement(sql, tokens));
        }

        return statements;
    }
}

/// <summary>A statement within a text.</summary>
/// <param name="Script">The text.</param>
/// <param name="Tokens">The statement's tokens; at least one.</param>
internal sealed record SqlStatement(string Script, IReadOnlyList<SqlToken> Tokens)
{
    /// <summary>The statement without the comments around it.</summary>
    public string Text { get; } = Script[Tokens[0].Start..Tokens[^1].End];

    /// <summary>Line on which it begins, from 1.</summary>
    public int Line => Script.AsSpan(0, Tokens[0].Start).Count('\n') + 1;

    /// <summary>Parts of the text by their first and last tokens, each where it stood: what is between them is blank, so that an error names the line and column of the text.</summary>
    public string InPlace(params ReadOnlySpan<(int First, int End)> parts)
    {
        var text = new StringBuilder();
        var at = 0;
        foreach (var (first, end) in parts)
        {
            if (first >= end)
            {
                continue;
            }

            var (from, to) = (Tokens[first].Start, Tokens[end - 1].End);
            foreach (var c in Script.AsSpan(at, from - at))
            {
                text.Append(c is '\n' or '\r' ? c : ' ');
            }

            text.Append(Script, from, to - from);
            at = to;
        }

        return text.ToString();
    }

    /// <summary>The text of some of the tokens; empty when there are none.</summary>
    public string Part(int first, int end) => first >= end ? "" : Script[Tokens[first].Start..Tokens[end - 1].End];
}
