namespace Lakehouse.Pipelines.Sessions.Statements;

internal sealed partial class StatementReader
{
    SessionStatement Alter()
    {
        cursor.At++;
        NamedThing? thing = cursor.Take("TABLE") ? NamedThing.Table : cursor.Take("VIEW") ? NamedThing.View : null;
        if (thing is not { } known)
        {
            throw cursor.Is("SCHEMA") ? SessionException.Unsupported("ALTER SCHEMA: namespaces are not renamed") : cursor.Unexpected();
        }

        var ifExists = cursor.Take("IF", "EXISTS");
        var name = cursor.QualifiedName();
        if (IsLocal(name))
        {
            var renamed = cursor.Take("RENAME", "TO") ? cursor.Name() : null;
            return new LocalStatement(TemporaryMade: renamed, TemporaryGone: renamed is null ? null : name.Parts[^1]);
        }

        var action = Action(name);
        return cursor.IsEnd ? new AlterStatement(known, name, ifExists, action) : throw cursor.Unexpected();
    }

    AlterAction Action(SqlName table)
    {
        if (cursor.Take("RENAME"))
        {
            if (cursor.Take("TO"))
            {
                return new AlterAction.RenameTo(cursor.Name());
            }

            cursor.Take("COLUMN");
            var column = Column();
            cursor.Expect("TO");
            return new AlterAction.RenameColumn(column, cursor.Name());
        }

        if (cursor.Take("ADD"))
        {
            if (cursor.IsAny("PRIMARY", "CONSTRAINT", "UNIQUE", "FOREIGN", "CHECK"))
            {
                throw SessionException.Unsupported($"ALTER TABLE {table} ADD of a constraint; create the table with it");
            }

            cursor.Take("COLUMN");
            var ifNotExists = cursor.Take("IF", "NOT", "EXISTS");
            var column = Column();
            var typeEnd = cursor.Find("DEFAULT", "NOT", "NULL", "CHECK", "UNIQUE", "PRIMARY", "REFERENCES", "COLLATE", "CONSTRAINT", "GENERATED");
            var type = cursor.TakeTo(typeEnd);
            if (cursor.Is("DEFAULT") && !cursor.Is("NULL", 1))
            {
                throw SessionException.Unsupported($"a default of column {column}: columns of the lake have none; add the column, then UPDATE it");
            }

            cursor.Take("DEFAULT", "NULL");
            var required = cursor.Take("NOT", "NULL");
            cursor.Take("NULL");
            return !cursor.IsEnd ? throw SessionException.Unsupported($"a constraint of the new column {column}: {statement.Part(cursor.At, statement.Tokens.Count)}")
                : type.First < type.End ? new AlterAction.AddColumn(column, statement.Part(type.First, type.End), ifNotExists, required)
                : throw cursor.Unexpected();
        }

        if (cursor.Take("DROP"))
        {
            if (cursor.Is("CONSTRAINT"))
            {
                throw SessionException.Unsupported($"ALTER TABLE {table} DROP CONSTRAINT; create the table without it");
            }

            cursor.Take("COLUMN");
            var ifExists = cursor.Take("IF", "EXISTS");
            var column = Column();
            if (!cursor.Take("CASCADE"))
            {
                cursor.Take("RESTRICT");
            }

            return new AlterAction.DropColumn(column, ifExists);
        }

        if (cursor.Take("SET") && cursor.Is("("))
        {
            return new AlterAction.SetProperties(Properties());
        }

        if (cursor.Take("ALTER"))
        {
            cursor.Take("COLUMN");
            var column = Column();
            if (cursor.Take("DROP", "NOT", "NULL"))
            {
                return new AlterAction.DropNotNull(column);
            }

            if (cursor.Take("SET", "DATA", "TYPE") || cursor.Take("TYPE") || cursor.Take("SET", "TYPE"))
            {
                var type = cursor.TakeTo(cursor.Find("USING", "COLLATE"));
                return cursor.IsEnd && type.First < type.End ? new AlterAction.SetType(column, statement.Part(type.First, type.End))
                    : throw SessionException.Unsupported($"ALTER COLUMN {column} TYPE … USING: rows that are there keep their values; CREATE OR REPLACE TABLE rewrites them");
            }

            throw SessionException.Unsupported($"ALTER COLUMN {column} {statement.Part(cursor.At, statement.Tokens.Count)}: columns change their type to a wider one and DROP NOT NULL; CREATE OR REPLACE TABLE does the rest");
        }

        throw SessionException.Unsupported($"ALTER TABLE {table} {statement.Part(cursor.At, statement.Tokens.Count)}");
    }

    string Column()
    {
        var name = cursor.QualifiedName();
        return name.Parts.Count == 1 ? name.Parts[0] : throw SessionException.Unsupported($"changing the field {name} within a column; CREATE OR REPLACE TABLE does it");
    }
}
