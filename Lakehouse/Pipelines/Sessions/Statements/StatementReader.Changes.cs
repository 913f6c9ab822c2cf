using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Statements;

internal sealed partial class StatementReader
{
    SessionStatement Insert((int First, int End) with)
    {
        cursor.At++;
        if (cursor.Take("OR"))
        {
            var how = cursor.Name().ToUpperInvariant();
            cursor.Expect("INTO");
            return IsLocal(cursor.QualifiedName()) ? new LocalStatement() : throw SessionException.Unsupported($"INSERT OR {how}: tables of the lake have no keys that rows could conflict by; MERGE INTO says by which columns rows match");
        }

        cursor.Expect("INTO");
        var name = cursor.QualifiedName();
        if (IsLocal(name))
        {
            return new LocalStatement();
        }

        cursor.Alias("SELECT", "VALUES", "FROM", "TABLE", "WITH", "BY", "DEFAULT", "PIVOT", "UNPIVOT", "OVERRIDING");
        var columns = cursor.NameList();
        var byName = cursor.Take("BY", "NAME");
        if (!byName)
        {
            cursor.Take("BY", "POSITION");
        }

        if (cursor.Is("DEFAULT"))
        {
            throw SessionException.Unsupported("INSERT … DEFAULT VALUES: columns of the lake have no defaults");
        }

        var end = cursor.Find("RETURNING");
        RefuseReturning(end);
        for (var at = cursor.Find("ON"); at < end; at = Next(at, "ON"))
        {
            if (at + 1 < end && statement.Tokens[at + 1].Is(statement.Script, "CONFLICT"))
            {
                throw SessionException.Unsupported($"INSERT … ON CONFLICT: tables of the lake have no keys that rows could conflict by; MERGE INTO says by which columns rows match");
            }
        }

        return cursor.At < end ? new InsertStatement(name, columns, byName, with, (cursor.At, end)) : throw cursor.Unexpected();
    }

    SessionStatement Update((int First, int End) with)
    {
        cursor.At++;
        var name = cursor.QualifiedName();
        var alias = cursor.Alias("SET");
        if (IsLocal(name))
        {
            return new LocalStatement();
        }

        cursor.Expect("SET");
        var end = cursor.Find("RETURNING");
        RefuseReturning(end);
        var assignments = Assignments(Math.Min(end, cursor.Find("FROM", "WHERE")));
        (int, int)? from = cursor.Take("FROM") ? cursor.TakeTo(Math.Min(end, cursor.Find("WHERE"))) : null;
        (int, int)? where = cursor.Take("WHERE") ? cursor.TakeTo(end) : null;
        return cursor.At == end ? new UpdateStatement(name, alias, with, assignments, from, where) : throw cursor.Unexpected();
    }

    SessionStatement Delete((int First, int End) with)
    {
        cursor.At++;
        cursor.Expect("FROM");
        var name = cursor.QualifiedName();
        var alias = cursor.Alias("USING", "WHERE", "RETURNING");
        if (IsLocal(name))
        {
            return new LocalStatement();
        }

        var end = cursor.Find("RETURNING");
        RefuseReturning(end);
        (int, int)? source = cursor.Take("USING") ? cursor.TakeTo(Math.Min(end, cursor.Find("WHERE"))) : null;
        (int, int)? where = cursor.Take("WHERE") ? cursor.TakeTo(end) : null;
        return cursor.At == end ? new DeleteStatement(name, alias, with, source, where) : throw cursor.Unexpected();
    }

    SessionStatement Merge((int First, int End) with)
    {
        cursor.At++;
        cursor.Expect("INTO");
        var name = cursor.QualifiedName();
        if (IsLocal(name))
        {
            return new LocalStatement();
        }

        var alias = cursor.Alias("USING");
        cursor.Expect("USING");
        var first = cursor.At;
        string? sourceName = null;
        if (cursor.Is("("))
        {
            cursor.At = cursor.Closing();
        }
        else
        {
            sourceName = cursor.QualifiedName().Parts[^1];
            if (cursor.Is("("))
            {
                cursor.At = cursor.Closing();
            }
        }

        var source = (first, cursor.At);
        var sourceAlias = cursor.Alias("ON", "USING") ?? sourceName;
        (int, int)? on = null;
        IReadOnlyList<string> keys = [];
        if (cursor.Take("USING"))
        {
            keys = cursor.NameList() ?? throw cursor.Unexpected();
        }
        else
        {
            cursor.Expect("ON");
            on = cursor.TakeTo(cursor.Find("WHEN"));
        }

        var clauses = new List<MergeSqlClause>();
        while (cursor.Take("WHEN"))
        {
            clauses.Add(Clause());
        }

        RefuseReturning(cursor.At);
        return cursor.IsEnd && clauses.Count > 0 ? new MergeSqlStatement(name, alias, with, source, sourceAlias, on, keys, clauses) : throw cursor.Unexpected();
    }

    MergeSqlClause Clause()
    {
        var rows = cursor.Take("MATCHED") ? MergeRows.Matched
            : cursor.Take("NOT", "MATCHED", "BY", "SOURCE") ? MergeRows.NotMatchedBySource
            : cursor.Take("NOT", "MATCHED", "BY", "TARGET") || cursor.Take("NOT", "MATCHED") ? MergeRows.NotMatched
            : throw cursor.Unexpected();
        (int, int)? condition = cursor.Take("AND") ? cursor.TakeTo(cursor.Find("THEN")) : null;
        cursor.Expect("THEN");
        if (cursor.Take("DELETE"))
        {
            return new MergeSqlClause(rows, MergeAction.Delete, condition, null);
        }

        if (cursor.Take("DO", "NOTHING"))
        {
            return new MergeSqlClause(rows, MergeAction.Nothing, condition, null);
        }

        if (cursor.Take("UPDATE"))
        {
            var byPosition = cursor.Take("BY", "POSITION");
            if (byPosition || cursor.Take("BY", "NAME") || cursor.Take("*") || !cursor.Is("SET"))
            {
                return new MergeSqlClause(rows, MergeAction.Update, condition, null) { ByPosition = byPosition };
            }

            cursor.At++;
            return cursor.Take("*") ? new MergeSqlClause(rows, MergeAction.Update, condition, null) : new MergeSqlClause(rows, MergeAction.Update, condition, Assignments(cursor.Find("WHEN", "RETURNING")));
        }

        if (!cursor.Take("INSERT"))
        {
            throw cursor.Is("ERROR") ? SessionException.Unsupported("MERGE … THEN ERROR") : cursor.Unexpected();
        }

        if (cursor.Take("DEFAULT", "VALUES"))
        {
            throw SessionException.Unsupported("INSERT DEFAULT VALUES: columns of the lake have no defaults");
        }

        var isByPosition = cursor.Take("BY", "POSITION");
        if (isByPosition || cursor.Take("BY", "NAME") || cursor.Take("*") || !(cursor.Is("(") || cursor.Is("VALUES")))
        {
            cursor.Take("*");
            return new MergeSqlClause(rows, MergeAction.Insert, condition, null) { ByPosition = isByPosition };
        }

        var columns = cursor.NameList();
        cursor.Expect("VALUES");
        if (!cursor.Is("("))
        {
            throw cursor.Unexpected();
        }

        var close = cursor.Closing() - 1;
        cursor.At++;
        var values = cursor.Items(close);
        cursor.At++;
        if (columns is not null && columns.Count != values.Count)
        {
            throw SessionException.Invalid($"Binder Error: Column name/value mismatch for insert: expected {columns.Count} columns but {values.Count} values were supplied");
        }

        return new MergeSqlClause(rows, MergeAction.Insert, condition, [.. values.Select((value, i) => (columns?[i] ?? "", value.First, value.End))]) { ByPosition = columns is null };
    }

    List<(string Column, int First, int End)> Assignments(int end)
    {
        var assignments = new List<(string, int, int)>();
        foreach (var (first, last) in cursor.Items(end))
        {
            cursor.At = first;
            if (cursor.Is("("))
            {
                throw SessionException.Unsupported("SET (a, b) = …; assign each column by itself");
            }

            var column = cursor.QualifiedName().Parts[^1];
            cursor.Expect("=");
            assignments.Add(cursor.At < last ? (column, cursor.At, last) : throw cursor.Unexpected());
            cursor.At = last;
        }

        cursor.At = end;
        return assignments.Count > 0 ? assignments : throw cursor.Unexpected();
    }

    void RefuseReturning(int at)
    {
        if (at < statement.Tokens.Count && statement.Tokens[at].Is(statement.Script, "RETURNING"))
        {
            throw SessionException.Unsupported("RETURNING: query the table after the change");
        }
    }

    int Next(int at, string word)
    {
        var kept = cursor.At;
        cursor.At = at + 1;
        var next = cursor.Find(word);
        cursor.At = kept;
        return next;
    }
}
