using System.Text;
using Lakehouse.Engine;
using Lakehouse.Pipelines.Sessions.Statements;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>Parts of a statement with other names before the dots of its columns: <c>DBT_INTERNAL_DEST.id</c>, or <c>lake.gold.t.id</c>, becomes <c>target.id</c>.</summary>
/// <param name="statement">The statement.</param>
internal sealed class QualifiedText(SqlStatement statement)
{
    readonly List<(IReadOnlyList<string> Qualifier, string Becomes)> names = [];

    /// <summary>The table's alias becomes another; without one, its name does, with as many of its parts as are written.</summary>
    public QualifiedText Map(string? alias, SqlName? name, string becomes)
    {
        if (alias is not null)
        {
            names.Add(([alias], becomes));
        }
        else
        {
            for (var i = 0; i < (name?.Parts.Count ?? 0); i++)
            {
                names.Add(([.. name!.Parts.Skip(i)], becomes));
            }
        }

        return this;
    }

    public string Of((int First, int End) part)
    {
        var (sql, tokens) = (statement.Script, statement.Tokens);
        var text = new StringBuilder();
        var at = part.First;
        for (var i = part.First; i < part.End; i++)
        {
            if (!tokens[i].IsName || (i > 0 && tokens[i - 1].Is(sql, ".")))
            {
                continue;
            }

            var length = Matching(i, part.End, out var becomes);
            if (length > 0)
            {
                text.Append(statement.Part(at, i));
                if (i > at)
                {
                    text.Append(sql, tokens[i - 1].End, tokens[i].Start - tokens[i - 1].End);
                }

                text.Append(becomes);
                at = i + length;
            }
        }

        return text.Append(statement.Part(at, part.End)).ToString();
    }

    /// <summary>Number of tokens of a qualifier that stands here, before the dot.</summary>
    int Matching(int index, int end, out string becomes)
    {
        foreach (var (qualifier, name) in names)
        {
            var last = index + (2 * qualifier.Count) - 1;
            if (last < end && statement.Tokens[last].Is(statement.Script, ".")
                && qualifier.Select((part, i) => (part, i)).All(p => statement.Tokens[index + (2 * p.i)].IsName && statement.Tokens[index + (2 * p.i)].NameOf(statement.Script).Equals(p.part, StringComparison.OrdinalIgnoreCase))
                && Enumerable.Range(0, qualifier.Count - 1).All(i => statement.Tokens[index + (2 * i) + 1].Is(statement.Script, ".")))
            {
                becomes = name;
                return (2 * qualifier.Count) - 1;
            }
        }

        becomes = "";
        return 0;
    }
}
