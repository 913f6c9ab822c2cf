using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Policies;

namespace LakeAspire.Catalog.Resolution;

/// <summary>Tables that a principal is about to read.</summary>
internal sealed record ResolveRequest(string? Branch, string? AsOf, string? Principal, IReadOnlyList<ResolveTable>? Tables, string? Purpose);

/// <summary>A table that is to be read, from the request's state of the lake or from one of its own.</summary>
internal sealed record ResolveTable(string? Namespace, string? Name, string? At);

/// <summary>The state of the lake that was read, and what its tables are to the principal.</summary>
/// <param name="Ref">A reference that gives the same state at any later time.</param>
/// <param name="Branch">The branch or tag.</param>
/// <param name="Commit">Its newest commit; null before the first.</param>
/// <param name="At">The time that was meant; null for what is current.</param>
/// <param name="Principal">Who reads.</param>
/// <param name="Tables">One for each table of the request, in its order.</param>
internal sealed record ResolveBody(string Ref, string Branch, long? Commit, DateTimeOffset? At, PrincipalBody Principal, IReadOnlyList<EntryBody> Tables);

/// <param name="Name">The principal.</param>
/// <param name="IsOperator">Whether it may do everything.</param>
/// <param name="SeesAll">Whether it is the installation itself, whom no row filter binds.</param>
/// <param name="Groups">Groups and roles that it is in.</param>
internal sealed record PrincipalBody(string Name, bool IsOperator, bool SeesAll, IReadOnlyList<string> Groups);

/// <summary>What a name stands for.</summary>
internal enum EntryKind
{
    /// <summary>Nothing, or nothing that the principal may know of.</summary>
    None,

    /// <summary>An Iceberg table.</summary>
    Table,

    /// <summary>A Delta table that others write.</summary>
    Delta,

    /// <summary>A view.</summary>
    View,
}

/// <summary>A table or view, as the principal may read it.</summary>
internal sealed record EntryBody
{
    public required EntryKind Kind { get; init; }

    /// <summary>As the catalog spells it; dots separate levels.</summary>
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>A reference that gives the same state at any later time.</summary>
    public required string Ref { get; init; }

    public required string Branch { get; init; }

    public long? Commit { get; init; }

    /// <summary>The time that was meant, when it was not what is current: what has versions of its own, as Delta tables have, is read as of then.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Why it may not be read, although it may be known.</summary>
    public string? Denied { get; init; }

    public Guid? TableId { get; init; }

    public string? MetadataLocation { get; init; }

    public string? Location { get; init; }

    public ViewBody? View { get; init; }

    public PolicyBody? Policy { get; init; }
}

/// <param name="Sql">Its SELECT.</param>
/// <param name="Dialect">The dialect of that.</param>
/// <param name="Definer">Who wrote it: its tables are read with this principal's rights.</param>
/// <param name="DefaultNamespace">Where its tables without a namespace lie.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record ViewBody(string Sql, string Dialect, string? Definer, string? DefaultNamespace, IReadOnlyList<ColumnBody> Columns);

/// <param name="Name">Its name.</param>
/// <param name="Type">Its primitive type; null for a nested one.</param>
internal sealed record ColumnBody(string Name, string? Type);

/// <param name="Rules">The policies that bind the caller; rows are seen for which the filters of all of them are true.</param>
/// <param name="MetadataLocation">The metadata whose columns they name: those of today.</param>
internal sealed record PolicyBody(IReadOnlyList<RuleBody> Rules, string? MetadataLocation);

/// <param name="Name">The policy's name.</param>
/// <param name="RowFilter">Rows for which it is true are seen; null = all.</param>
/// <param name="Masks">What is seen instead of columns.</param>
/// <param name="Fields">The columns that both name, by field id; null when they are not known, and the policy can't be applied.</param>
internal sealed record RuleBody(string Name, string? RowFilter, IReadOnlyList<MaskBody> Masks, IReadOnlyList<PolicyField>? Fields)
{
    public static RuleBody Of(BoundPolicy policy) => new(policy.Name, policy.RowFilter, [.. policy.Masks.Select(mask => new MaskBody(mask.Key, mask.Value))], policy.Fields);
}

internal sealed record MaskBody(string Column, string Sql);
