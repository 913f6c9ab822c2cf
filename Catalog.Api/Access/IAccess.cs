using LakeAspire.Catalog.Access.Policies;

namespace LakeAspire.Catalog.Access;

/// <summary>Decides who may do what. Rights that were taken away are gone at once on the instance where that happened, and within half a second on all others.</summary>
internal interface IAccess
{
    /// <summary>Lets pass who may; the decision is audited.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">404, as if it were not there, when the caller may not describe it; 403 when it may, but not do this.</exception>
    Task DemandAsync(Caller caller, Privilege privilege, Securable securable, string branch, CancellationToken cancellationToken);

    /// <summary>Whether the caller may; for lists and choices, not audited.</summary>
    Task<bool> MayAsync(Caller caller, Privilege privilege, Securable securable, string branch, CancellationToken cancellationToken);

    /// <summary>What the caller may do, to be asked about many things without a wait for each.</summary>
    Task<Rights> RightsAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>The row filters and masks of a table that bind the caller; null when none do. A table with one is not handed out raw.</summary>
    Task<TablePolicy?> PolicyAsync(Caller caller, Guid tableId, CancellationToken cancellationToken);

    /// <summary>The caller that has a name: a principal, or <c>user</c> and <c>service</c> for the keys of the installation. Null when there is none, or none any more.</summary>
    Task<Caller?> FindCallerAsync(string name, CancellationToken cancellationToken);
}

/// <summary>The policies of a table that bind one caller.</summary>
/// <param name="TableId">The table.</param>
/// <param name="Policies">At least one. Rows are seen for which the filters of all of them are true.</param>
internal sealed record TablePolicy(Guid TableId, IReadOnlyList<BoundPolicy> Policies);

/// <summary>What a policy means for one caller: SQL expressions over the table's columns, in which the caller stands as literals already.</summary>
/// <param name="Name">Its name.</param>
/// <param name="RowFilter">Rows for which it is true are seen; null = all.</param>
/// <param name="Masks">What is seen instead of a column, by the column's name.</param>
/// <param name="Fields">The columns that the expressions and <paramref name="Masks"/> name; null when they are not found yet.</param>
/// <param name="Version">Grows with every change.</param>
internal sealed record BoundPolicy(string Name, string? RowFilter, IReadOnlyDictionary<string, string> Masks, IReadOnlyList<PolicyField>? Fields, int Version);
