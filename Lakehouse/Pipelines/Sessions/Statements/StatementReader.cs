using Lakehouse.Engine;

namespace Lakehouse.Pipelines.Sessions.Statements;

/// <summary>
/// Tells what a statement is, and where its clauses begin. DuckDB's own parser has taken the text before, and binds every query and expression that is cut out of it: what is read here are the words between them.
/// </summary>
/// <param name="statement">The statement.</param>
/// <param name="isTemporary">Whether a name without a namespace is that of a temporary table or view.</param>
internal sealed partial class StatementReader(SqlStatement statement, Predicate<string> isTemporary)
{
    static readonly string[] Verbs = ["SELECT", "VALUES", "FROM", "TABLE", "PIVOT", "UNPIVOT", "INSERT", "UPDATE", "DELETE", "MERGE"];

    readonly SqlCursor cursor = new(statement);

    public SessionStatement Read()
    {
        (int First, int End) with = (0, 0);
        if (cursor.Is("WITH"))
        {
            cursor.At++;
            with = (0, cursor.Find(Verbs));
            cursor.At = with.End;
            if (cursor.IsEnd)
            {
                return new QueryStatement();
            }
        }

        var verb = cursor.IsEnd ? "" : statement.Tokens[cursor.At].Of(statement.Script).ToString().ToUpperInvariant();
        switch (verb)
        {
            case "CREATE":
                return Create();
            case "INSERT":
                return Insert(with);
            case "UPDATE":
                return Update(with);
            case "DELETE":
                return Delete(with);
            case "MERGE":
                return Merge(with);
            case "TRUNCATE":
                cursor.At++;
                cursor.Take("TABLE");
                return cursor.QualifiedName() is var truncated && IsLocal(truncated) ? new LocalStatement() : new TruncateStatement(truncated);
            case "DROP":
                return Drop();
            case "ALTER":
                return Alter();
            case "COMMENT":
                return Comment();
            case "BEGIN" or "START":
                return new BeginStatement();
            case "COMMIT" or "END":
                return new CommitStatement();
            case "ROLLBACK" or "ABORT":
                return new RollbackStatement();
            case "USE":
                cursor.At++;
                return new UseStatement(cursor.QualifiedName());
            case "SHOW":
                return Show();
            case "SET" or "RESET" or "PRAGMA" or "CALL" or "ATTACH" or "DETACH" or "EXPORT" or "IMPORT" or "INSTALL" or "LOAD" or "PREPARE" or "EXECUTE" or "DEALLOCATE" or "ANALYZE" or "VACUUM" or "CHECKPOINT" or "UPDATE_EXTENSIONS":
                return new LocalStatement();
            case "COPY":
                return Copy();
            default:
                return new QueryStatement();
        }
    }

    bool IsLocal(SqlName name) => name.Parts is [var only] ? isTemporary(only) : name.Parts[0].ToUpperInvariant() is "TEMP" or "MEMORY" or "SYSTEM";

    SessionStatement Copy()
    {
        cursor.At++;
        if (cursor.Is("("))
        {
            return new LocalStatement();
        }

        var name = cursor.QualifiedName();
        cursor.NameList();
        return cursor.Is("FROM") && !IsLocal(name)
            ? throw SessionException.Unsupported($"COPY {name} FROM is not for tables of the lake; INSERT INTO {name} SELECT * FROM read_csv(…), read_json(…) or read_parquet(…) does it")
            : new LocalStatement();
    }

    SessionStatement Show()
    {
        cursor.At++;
        if (cursor.Take("ALL", "TABLES"))
        {
            return new ShowStatement(null, All: true, Schemas: false);
        }

        if (cursor.Take("SCHEMAS"))
        {
            return new ShowStatement(null, All: false, Schemas: true);
        }

        return cursor.Take("TABLES") ? new ShowStatement(cursor.Take("FROM") || cursor.Take("IN") ? cursor.QualifiedName() : null, All: false, Schemas: false) : new QueryStatement();
    }

    SessionStatement Drop()
    {
        cursor.At++;
        NamedThing? thing = cursor.Take("TABLE") ? NamedThing.Table : cursor.Take("VIEW") ? NamedThing.View : cursor.Take("SCHEMA") ? NamedThing.Schema : null;
        if (cursor.Is("MATERIALIZED"))
        {
            throw SessionException.Unsupported("there are no materialized views");
        }

        if (cursor.Is("INDEX"))
        {
            throw SessionException.Unsupported("tables of the lake have no indexes");
        }

        if (thing is not { } known)
        {
            return new LocalStatement();
        }

        var ifExists = cursor.Take("IF", "EXISTS");
        var name = cursor.QualifiedName();
        var cascade = cursor.Take("CASCADE");
        return known != NamedThing.Schema && IsLocal(name) ? new LocalStatement(TemporaryGone: name.Parts[^1]) : new DropStatement(known, name, ifExists, cascade);
    }

    SessionStatement Comment()
    {
        cursor.At++;
        cursor.Expect("ON");
        NamedThing? thing = cursor.Take("TABLE") ? NamedThing.Table : cursor.Take("VIEW") ? NamedThing.View : cursor.Take("COLUMN") ? NamedThing.Column : cursor.Take("SCHEMA") ? NamedThing.Schema : null;
        if (thing is not { } known)
        {
            return new LocalStatement();
        }

        var name = cursor.QualifiedName();
        cursor.Expect("IS");
        var text = cursor.Is("NULL") ? null : TextOf(cursor.At);
        string? column = null;
        if (known == NamedThing.Column)
        {
            if (name.Parts.Count < 2)
            {
                throw SessionException.Invalid($"Binder Error: Cannot comment on column {name}: the column must be qualified by its table");
            }

            (column, name) = (name.Parts[^1], new SqlName([.. name.Parts.SkipLast(1)]));
        }

        return IsLocal(name) ? new LocalStatement() : new CommentStatement(known, name, column, text);
    }

    /// <summary>The value of a text literal.</summary>
    string TextOf(int index)
    {
        if (index >= statement.Tokens.Count || statement.Tokens[index].Kind != SqlTokenKind.Text)
        {
            throw cursor.Unexpected();
        }

        var text = statement.Tokens[index].Of(statement.Script).ToString();
        return text[0] switch
        {
            '\'' => text[1..^1].Replace("''", "'", StringComparison.Ordinal),
            '$' => text[(text.IndexOf('$', 1) + 1)..^(text.IndexOf('$', 1) + 1)],
            _ => throw SessionException.Unsupported("an escaped text as a comment; write it in single quotes"),
        };
    }
}
