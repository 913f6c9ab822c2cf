using Lakehouse.Engine;

namespace Lakehouse.Pipelines.Sessions.Statements;

internal sealed partial class StatementReader
{
    SessionStatement Create()
    {
        cursor.At++;
        var orReplace = cursor.Take("OR", "REPLACE");
        var isTemporary = cursor.Take("TEMP") || cursor.Take("TEMPORARY") || cursor.Take("LOCAL", "TEMP") || cursor.Take("LOCAL", "TEMPORARY");
        if (cursor.Take("PERSISTENT"))
        {
            // Which is what there is without the word.
        }

        if (cursor.Is("UNIQUE") || cursor.Is("INDEX"))
        {
            throw SessionException.Unsupported("tables of the lake have no indexes; partition, sort or cluster them");
        }

        if (cursor.Is("MATERIALIZED"))
        {
            throw SessionException.Unsupported("there are no materialized views; make a table");
        }

        if (cursor.Take("TABLE"))
        {
            return Table(orReplace, isTemporary);
        }

        if (cursor.Is("RECURSIVE"))
        {
            throw SessionException.Unsupported("CREATE RECURSIVE VIEW; write WITH RECURSIVE in the view");
        }

        if (cursor.Take("VIEW"))
        {
            return View(orReplace, isTemporary);
        }

        if (cursor.Take("SCHEMA"))
        {
            var ifNotExists = cursor.Take("IF", "NOT", "EXISTS");
            return new CreateSchemaStatement(cursor.QualifiedName(), ifNotExists);
        }

        // A macro, type, sequence or secret.
        cursor.At++;
        cursor.Take("IF", "NOT", "EXISTS");
        return new LocalStatement(Shared: isTemporary || cursor.IsEnd || !statement.Tokens[cursor.At].IsName ? null : cursor.QualifiedName().Parts[^1]);
    }

    SessionStatement Table(bool orReplace, bool isTemporary)
    {
        var ifNotExists = cursor.Take("IF", "NOT", "EXISTS");
        var name = cursor.QualifiedName();
        if (isTemporary || name.Parts[0].ToUpperInvariant() is "TEMP" or "MEMORY" && name.Parts.Count > 1)
        {
            return new LocalStatement(TemporaryMade: name.Parts[^1]);
        }

        var columns = cursor.Is("(") ? cursor.TakeTo(cursor.Closing()) : ((int First, int End)?)null;
        var layout = Layout();
        if (!cursor.Take("AS"))
        {
            if (!cursor.IsEnd || columns is not { } list)
            {
                throw cursor.Unexpected();
            }

            return new CreateTableStatement(name, orReplace, ifNotExists, statement.Part(list.First, list.End), Names: null, Query: null, WithData: true, layout);
        }

        IReadOnlyList<string>? names = null;
        if (columns is { } given)
        {
            var query = cursor.At;
            cursor.At = given.First;
            names = cursor.NameList() ?? throw SessionException.Unsupported("CREATE TABLE … AS with types of columns; cast them in the query");
            cursor.At = query;
        }

        var end = statement.Tokens.Count;
        var withData = true;
        if (EndsWith(end, "WITH", "NO", "DATA"))
        {
            (end, withData) = (end - 3, false);
        }
        else if (EndsWith(end, "WITH", "DATA"))
        {
            end -= 2;
        }

        return new CreateTableStatement(name, orReplace, ifNotExists, Columns: null, names, (cursor.At, end), withData, layout);
    }

    /// <summary><c>PARTITIONED BY (…)</c>, <c>SORTED BY (…)</c> and <c>WITH (name = value)</c>, in any order.</summary>
    TableLayout? Layout()
    {
        TableLayout? layout = null;
        while (true)
        {
            if (cursor.Take("PARTITIONED", "BY"))
            {
                layout = (layout ?? new TableLayout()) with { PartitionBy = Terms() };
            }
            else if (cursor.Take("SORTED", "BY"))
            {
                layout = (layout ?? new TableLayout()) with { SortBy = Terms() };
            }
            else if (cursor.Is("WITH") && cursor.Is("(", 1))
            {
                cursor.At++;
                layout = (layout ?? new TableLayout()) with { Properties = Properties() };
            }
            else
            {
                return layout;
            }
        }
    }

    List<string> Terms()
    {
        var end = cursor.Closing() - 1;
        cursor.At++;
        var terms = cursor.Items(end).Select(item => statement.Part(item.First, item.End)).ToList();
        cursor.At++;
        return terms;
    }

    Dictionary<string, string> Properties()
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        var end = cursor.Closing() - 1;
        cursor.At++;
        foreach (var (first, last) in cursor.Items(end))
        {
            var equals = Enumerable.Range(first, last - first).FirstOrDefault(i => statement.Tokens[i].Is(statement.Script, "="), -1);
            if (equals < 0 || equals + 2 != last)
            {
                throw SessionException.Invalid("Parser Error: WITH takes properties as name = value");
            }

            var key = equals == first + 1 && statement.Tokens[first].Kind == SqlTokenKind.Text ? TextOf(first) : statement.Part(first, equals).Trim('"');
            properties[key] = statement.Tokens[equals + 1].Kind == SqlTokenKind.Text ? TextOf(equals + 1) : statement.Part(equals + 1, last);
        }

        cursor.At++;
        return properties;
    }

    SessionStatement View(bool orReplace, bool isTemporary)
    {
        var ifNotExists = cursor.Take("IF", "NOT", "EXISTS");
        var name = cursor.QualifiedName();
        if (isTemporary || name.Parts[0].ToUpperInvariant() is "TEMP" or "MEMORY" && name.Parts.Count > 1)
        {
            return new LocalStatement(TemporaryMade: name.Parts[^1]);
        }

        var names = cursor.NameList();
        cursor.Expect("AS");
        return cursor.IsEnd ? throw cursor.Unexpected() : new CreateViewStatement(name, orReplace, ifNotExists, names, (cursor.At, statement.Tokens.Count));
    }

    bool EndsWith(int end, params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (end - words.Length + i < cursor.At || !statement.Tokens[end - words.Length + i].Is(statement.Script, words[i]))
            {
                return false;
            }
        }

        return true;
    }
}
