using LakeAspire.Query.Parsing;
using LakeAspire.Query.Policies;
using LakeAspire.Query.Resolution;
using LakeAspire.Query.Tables;
using Lakehouse.Tables;

namespace LakeAspire.Query.Expansion;

/// <summary>A table or view that a statement reads, directly or through views, in one state and with the rights of one principal.</summary>
internal abstract class LakeRelation(RelationName name, TableIdentifier table, ResolvedEntry entry) : IDisposable
{
    /// <summary>Its name in the database of a worker.</summary>
    public RelationName Name => name;

    /// <summary>Its name as people know it.</summary>
    public TableIdentifier Table => table;

    /// <summary>What the catalog says of it.</summary>
    public ResolvedEntry Entry => entry;

    /// <summary>What binds the principal; null when nothing does.</summary>
    public PolicyGuard? Guard { get; protected init; }

    /// <summary>Views that it is read through, each with a reason to keep it from whoever runs the statement; none when the statement names it itself.</summary>
    public HashSet<TableIdentifier> Through { get; } = [];

    /// <summary>Whether the statement, or a view that hides nothing, names it: the caller may be told of it.</summary>
    public bool IsShown { get; set; }

    public virtual void Dispose()
    {
        // A view holds nothing.
    }
}

/// <summary>A table, with its files.</summary>
internal sealed class TableRelation : LakeRelation
{
    public TableRelation(RelationName name, TableIdentifier table, ResolvedEntry entry, QueriedTable opened, PolicyGuard? guard)
        : base(name, table, entry) => (Opened, Guard) = (opened, guard);

    public QueriedTable Opened { get; }

    public override void Dispose() => Opened.Dispose();
}

/// <summary>A view, whose tables are read with its definer's rights.</summary>
internal sealed class ViewRelation : LakeRelation
{
    public ViewRelation(RelationName name, TableIdentifier table, ResolvedEntry entry, PolicyGuard? guard, string sql, bool isBarrier, bool tellsWhy)
        : base(name, table, entry) => (Guard, Sql, IsBarrier, TellsWhy) = (guard, sql, isBarrier, tellsWhy);

    /// <summary>Its SELECT, over the names that its tables have in a worker.</summary>
    public string Sql { get; }

    /// <summary>Whether the caller sees through it what it could not see by itself, so that nothing of the caller's may run below it.</summary>
    public bool IsBarrier { get; }

    /// <summary>Whether the caller may be told what is wrong within.</summary>
    public bool TellsWhy { get; }

    public IReadOnlyList<ResolvedColumn> Columns => Entry.View!.Columns;
}
