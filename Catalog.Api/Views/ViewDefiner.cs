using System.Text.Json;
using LakeAspire.Catalog.Database;

namespace LakeAspire.Catalog.Views;

/// <summary>
/// With whose rights a view reads: those of whoever made its current version the current one. That is not who owns it, and may manage and grant it. It is kept with the pointer, out of reach of clients, and goes
/// where the version goes: onto branches, and with merges.
/// </summary>
internal static class ViewDefiner
{
    const string Key = "definer";

    /// <summary>What a view's pointer keeps.</summary>
    public static string? Of(string? definer) => string.IsNullOrEmpty(definer) ? null : JsonSerializer.Serialize(new Dictionary<string, string>(StringComparer.Ordinal) { [Key] = definer });

    /// <summary>The definer of the current version; of views from before it was kept apart, the owner.</summary>
    public static string? Of(PointerRow view) => Of(view.Properties, view.Owner);

    /// <inheritdoc cref="Of(PointerRow)"/>
    /// <param name="properties">What the pointer keeps.</param>
    /// <param name="owner">Who owns the view.</param>
    public static string? Of(string? properties, string? owner) =>
        properties is { } kept && JsonSerializer.Deserialize<Dictionary<string, string>>(kept)!.TryGetValue(Key, out var definer) ? definer : owner;
}
