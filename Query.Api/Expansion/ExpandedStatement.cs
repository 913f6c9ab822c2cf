using LakeAspire.Query.Parsing;
using LakeAspire.Query.Resolution;

namespace LakeAspire.Query.Expansion;

/// <summary>A statement with everything that it reads, all from one consistent state of the lake (or the states that it names).</summary>
internal sealed class ExpandedStatement(ResolveResponse head, QueryCaller caller, IReadOnlyList<LakeRelation> relations, string sql, bool isExplain) : IDisposable
{
    /// <summary>The state that the statement reads where it names no other.</summary>
    public ResolveResponse Head => head;

    public QueryCaller Caller => caller;

    /// <summary>All that it reads; what a view reads stands before the view.</summary>
    public IReadOnlyList<LakeRelation> Relations => relations;

    /// <summary>The text that a worker runs.</summary>
    public string Sql => sql;

    /// <summary>Whether its plan is asked for, and not its rows.</summary>
    public bool IsExplain => isExplain;

    public IEnumerable<TableRelation> Tables => relations.OfType<TableRelation>();

    public IEnumerable<ViewRelation> Views => relations.OfType<ViewRelation>();

    /// <summary>Whether there are rows or values that the caller may not see.</summary>
    public bool IsGuarded => relations.Any(relation => relation.Guard is not null) || HasBarriers;

    /// <summary>Whether the caller reads through views what it could not read by itself.</summary>
    public bool HasBarriers => Views.Any(view => view.IsBarrier);

    public void Dispose()
    {
        foreach (var relation in relations)
        {
            relation.Dispose();
        }
    }
}

/// <summary>What a statement is run with.</summary>
/// <param name="Principal">Who runs it.</param>
/// <param name="Branch">Branch or tag; null = main.</param>
/// <param name="AsOf">Commit or time; null = the head.</param>
internal sealed record QueryScope(string Principal, string? Branch, string? AsOf)
{
    /// <summary>The branch's name, without the state of it.</summary>
    public string BranchName => Branch is null ? "main" : Branch.Split('@')[0] is { Length: > 0 } name ? name : "main";
}
