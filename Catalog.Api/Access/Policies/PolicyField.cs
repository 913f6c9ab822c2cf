namespace LakeAspire.Catalog.Access.Policies;

/// <summary>A column, or a field within columns of structs, that a policy speaks of: it is the same whatever it is called later.</summary>
/// <param name="Path">Its names as they were when the policy was set, from the column inwards.</param>
/// <param name="Id">Its field id.</param>
internal sealed record PolicyField(IReadOnlyList<string> Path, int Id)
{
    /// <summary>The path as people write it.</summary>
    public string Text => string.Join('.', Path);
}
