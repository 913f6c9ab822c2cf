namespace LakeAspire.Catalog.Access.Policies;

/// <summary>Row filter and masks as they are stored, for nobody in particular.</summary>
/// <param name="Version">Grows with every change.</param>
/// <param name="RowFilter">Rows for which it is true are seen; null = all.</param>
/// <param name="Masks">Expressions by column.</param>
/// <param name="Bound">Whom it binds; empty = everybody.</param>
/// <param name="Exempt">Whom it does not bind, before <paramref name="Bound"/>.</param>
internal sealed record StoredPolicy(int Version, string? RowFilter, IReadOnlyDictionary<string, string> Masks, IReadOnlyList<Guid> Bound, IReadOnlyList<Guid> Exempt)
{
    /// <summary>Whether it binds somebody with these memberships.</summary>
    public bool Binds(IReadOnlyList<Guid> memberships) =>
        (RowFilter is not null || Masks.Count > 0) && !memberships.Any(Exempt.Contains) && (Bound.Count == 0 || memberships.Any(Bound.Contains));
}
