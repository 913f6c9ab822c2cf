namespace Lakehouse.Pipelines.Sessions.Statements;

/// <summary>What a statement is. Closed.</summary>
internal abstract record SessionStatement;

/// <summary>Rows are asked for.</summary>
internal sealed record QueryStatement : SessionStatement;

/// <summary>Something of the engine alone: a setting, a macro, a temporary table.</summary>
/// <param name="TemporaryMade">Name of the temporary table or view that it makes; null for none.</param>
/// <param name="TemporaryGone">Name of the temporary table or view that it drops; null for none.</param>
/// <param name="Shared">Name of the macro, type or the like that it makes for all sessions; null for none.</param>
internal sealed record LocalStatement(string? TemporaryMade = null, string? TemporaryGone = null, string? Shared = null) : SessionStatement;

/// <summary>Names without a namespace lie elsewhere from now on.</summary>
internal sealed record UseStatement(SqlName Name) : SessionStatement;

internal sealed record BeginStatement : SessionStatement;

internal sealed record CommitStatement : SessionStatement;

internal sealed record RollbackStatement : SessionStatement;

/// <summary>CREATE TABLE.</summary>
/// <param name="Name">The table.</param>
/// <param name="OrReplace">Whether one that exists is replaced.</param>
/// <param name="IfNotExists">Whether one that exists is left alone.</param>
/// <param name="Columns">Text of the columns and constraints; null when the query gives them.</param>
/// <param name="Names">Other names for the columns of the query; null for its own.</param>
/// <param name="Query">The query, by its tokens; null when the table is empty.</param>
/// <param name="WithData">Whether the query's rows are wanted, and not its columns alone.</param>
/// <param name="Layout">Partitioning, order and properties that the statement names; null when it names none.</param>
internal sealed record CreateTableStatement(
    SqlName Name, bool OrReplace, bool IfNotExists, string? Columns, IReadOnlyList<string>? Names, (int First, int End)? Query, bool WithData, TableLayout? Layout) : SessionStatement;

/// <summary>CREATE VIEW.</summary>
internal sealed record CreateViewStatement(SqlName Name, bool OrReplace, bool IfNotExists, IReadOnlyList<string>? Names, (int First, int End) Query) : SessionStatement;

internal sealed record CreateSchemaStatement(SqlName Name, bool IfNotExists) : SessionStatement;

/// <summary>What a DROP, an ALTER or a COMMENT is about.</summary>
internal enum NamedThing
{
    Table,
    View,
    Schema,
    Column,
}

internal sealed record DropStatement(NamedThing Thing, SqlName Name, bool IfExists, bool Cascade) : SessionStatement;

/// <summary>INSERT.</summary>
/// <param name="Name">The table.</param>
/// <param name="Columns">The columns that get values; null = all.</param>
/// <param name="ByName">Whether the query's columns go by their names.</param>
/// <param name="With">Common table expressions, by their tokens.</param>
/// <param name="Query">The query, by its tokens.</param>
internal sealed record InsertStatement(SqlName Name, IReadOnlyList<string>? Columns, bool ByName, (int First, int End) With, (int First, int End) Query) : SessionStatement;

/// <summary>UPDATE.</summary>
internal sealed record UpdateStatement(
    SqlName Name, string? Alias, (int First, int End) With, IReadOnlyList<(string Column, int First, int End)> Assignments, (int First, int End)? From, (int First, int End)? Where) : SessionStatement;

/// <summary>DELETE.</summary>
internal sealed record DeleteStatement(SqlName Name, string? Alias, (int First, int End) With, (int First, int End)? Using, (int First, int End)? Where) : SessionStatement;

internal sealed record TruncateStatement(SqlName Name) : SessionStatement;

/// <summary>MERGE.</summary>
/// <param name="Name">The table.</param>
/// <param name="Alias">Its alias.</param>
/// <param name="With">Common table expressions, by their tokens.</param>
/// <param name="Source">The source as it stands in a FROM clause, by its tokens, without its alias.</param>
/// <param name="SourceAlias">Alias of the source, or the last part of its name.</param>
/// <param name="On">The condition, by its tokens; null when there are <see cref="Keys"/>.</param>
/// <param name="Keys">Columns that both have; none when there is a condition.</param>
/// <param name="Clauses">What to do.</param>
internal sealed record MergeSqlStatement(
    SqlName Name, string? Alias, (int First, int End) With, (int First, int End) Source, string? SourceAlias, (int First, int End)? On, IReadOnlyList<string> Keys, IReadOnlyList<MergeSqlClause> Clauses) : SessionStatement;

/// <summary>A clause of a MERGE.</summary>
/// <param name="Rows">Which rows it is for.</param>
/// <param name="Action">What it does.</param>
/// <param name="Condition">Further condition, by its tokens.</param>
/// <param name="Values">Columns with the tokens of their values; null = all columns by name.</param>
internal sealed record MergeSqlClause(Lakehouse.Tables.MergeRows Rows, Lakehouse.Tables.MergeAction Action, (int First, int End)? Condition, IReadOnlyList<(string Column, int First, int End)>? Values)
{
    /// <summary>Whether values go by position to all columns of the table.</summary>
    public bool ByPosition { get; init; }
}

/// <summary>ALTER TABLE or ALTER VIEW.</summary>
internal sealed record AlterStatement(NamedThing Thing, SqlName Name, bool IfExists, AlterAction Action) : SessionStatement;

/// <summary>What an ALTER does. Closed.</summary>
internal abstract record AlterAction
{
    internal sealed record RenameTo(string Name) : AlterAction;

    internal sealed record RenameColumn(string Column, string Name) : AlterAction;

    internal sealed record AddColumn(string Column, string Type, bool IfNotExists, bool Required) : AlterAction;

    internal sealed record DropColumn(string Column, bool IfExists) : AlterAction;

    internal sealed record SetType(string Column, string Type) : AlterAction;

    internal sealed record DropNotNull(string Column) : AlterAction;

    internal sealed record SetProperties(IReadOnlyDictionary<string, string> Properties) : AlterAction;
}

internal sealed record CommentStatement(NamedThing Thing, SqlName Name, string? Column, string? Text) : SessionStatement;

/// <summary>SHOW TABLES and its kin, which are about the lake.</summary>
/// <param name="Schema">Namespace; null = the default one, unless <paramref name="All"/>.</param>
/// <param name="All">Whether all namespaces are meant.</param>
/// <param name="Schemas">Whether namespaces are listed, not tables.</param>
internal sealed record ShowStatement(SqlName? Schema, bool All, bool Schemas) : SessionStatement;
