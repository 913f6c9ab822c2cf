using Lakehouse.Formats;
using Lakehouse.Pipelines.Sessions.Relations;
using Lakehouse.Pipelines.Sessions.Statements;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Writing;

/// <summary>Runs statements that change the lake.</summary>
internal static class StatementWriter
{
    public static async Task<SessionResult> RunAsync(LakeSession session, SqlStatement statement, SessionStatement read, CancellationToken cancellationToken) => read switch
    {
        CreateTableStatement create => new SessionResult("CREATE TABLE", await new TableCreation(session, statement).RunAsync(create, cancellationToken)),
        InsertStatement insert => new SessionResult("INSERT", await new RowInsertion(session, statement).RunAsync(insert, cancellationToken)),
        UpdateStatement update => new SessionResult("UPDATE", await new RowChanges(session, statement).UpdateAsync(update, cancellationToken)),
        DeleteStatement delete => new SessionResult("DELETE", await new RowChanges(session, statement).DeleteAsync(delete, cancellationToken)),
        TruncateStatement truncate => new SessionResult("TRUNCATE", await new RowChanges(session, statement).TruncateAsync(truncate.Name, cancellationToken)),
        MergeSqlStatement merge => new SessionResult("MERGE", await new RowMerge(session, statement).RunAsync(merge, cancellationToken)),
        AlterStatement alter => await DoneAsync("ALTER TABLE", new TableAlteration(session).RunAsync(alter, cancellationToken)),
        CommentStatement comment => await DoneAsync("COMMENT", new TableAlteration(session).CommentAsync(comment, cancellationToken)),
        CreateViewStatement view => await DoneAsync("CREATE VIEW", new NameWrites(session).CreateViewAsync(view, statement, cancellationToken)),
        CreateSchemaStatement schema => await DoneAsync("CREATE SCHEMA", new NameWrites(session).CreateSchemaAsync(schema, cancellationToken)),
        DropStatement drop => await DoneAsync("DROP", new NameWrites(session).DropAsync(drop, cancellationToken)),
        _ => throw new InvalidOperationException($"no statement: {read.GetType().Name}"),
    };

    /// <summary>A table that a statement changes.</summary>
    /// <exception cref="SessionException">There is none of that name, or it is none.</exception>
    public static async Task<(TableEntry Entry, LakeTable Table)> TableAsync(LakeSession session, SqlName name, CancellationToken cancellationToken)
    {
        var identifier = session.Resolve(name);
        switch (session.Scope.Find(identifier.Namespace, identifier.Name))
        {
            case TableEntry entry:
                return (entry, await entry.LoadAsync(session.Scope.Lake, cancellationToken));
            case ViewEntry:
                throw new SessionException(LakehouseErrorKind.InvalidData, $"Catalog Error: {identifier.Name} is not an table");
            case DeltaEntry:
                throw SessionException.Unsupported($"{identifier} is a Delta table that others write; it is read only");
            default:
                throw new SessionException(LakehouseErrorKind.NotFound, $"Catalog Error: Table with name {identifier.Name} does not exist!");
        }
    }

    /// <summary>What a commit of one statement is for.</summary>
    public static string MessageOf(SqlStatement statement)
    {
        const int Longest = 200;
        var text = string.Join(' ', statement.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }

    static async Task<SessionResult> DoneAsync(string command, Task work)
    {
        await work;
        return new SessionResult(command, null);
    }
}
