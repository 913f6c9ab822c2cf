using System.Text.Json;

namespace LakeAspire.Catalog.Access.Policies;

/// <summary>Row filter and masks as they are stored, for nobody in particular.</summary>
/// <param name="Name">Which of the table's policies it is.</param>
/// <param name="Version">Grows with every change.</param>
/// <param name="RowFilter">Rows for which it is true are seen; null = all.</param>
/// <param name="Masks">Expressions by column.</param>
/// <param name="Bound">Whom it binds; empty = everybody.</param>
/// <param name="Exempt">Whom it does not bind, before <paramref name="Bound"/>.</param>
/// <param name="Fields">The columns that it names; null when they are not found yet.</param>
internal sealed record StoredPolicy(
    string Name, int Version, string? RowFilter, IReadOnlyDictionary<string, string> Masks, IReadOnlyList<Guid> Bound, IReadOnlyList<Guid> Exempt, IReadOnlyList<PolicyField>? Fields)
{
    /// <summary>The policy of a table that was given no name.</summary>
    public const string DefaultName = "default";

    /// <summary>Whether it binds somebody with these memberships.</summary>
    public bool Binds(IReadOnlyList<Guid> memberships) =>
        (RowFilter is not null || Masks.Count > 0) && !memberships.Any(Exempt.Contains) && (Bound.Count == 0 || memberships.Any(Bound.Contains));

    /// <summary>Columns as the database has them; what cannot be read is not known, so that the policy closes the table.</summary>
    public static IReadOnlyList<PolicyField>? ReadFields(string? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize<List<PolicyField>>(json, ApiBodies.Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Columns as the database has them.</summary>
    public static string WriteFields(IReadOnlyList<PolicyField> fields) => JsonSerializer.Serialize(fields, ApiBodies.Json);
}
