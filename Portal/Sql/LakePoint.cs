using System.Text.Json.Serialization;

namespace LakeAspire.Portal.Sql;

/// <summary>Which state of the lake a query reads, as it is written in the page.</summary>
/// <param name="Branch">Branch or tag; empty = main.</param>
/// <param name="AsOf">Commit or time; empty = now.</param>
public sealed record LakePoint(string? Branch, string? AsOf)
{
    public static LakePoint Now { get; } = new(null, null);

    /// <summary>The newest state of a branch or tag; null = main.</summary>
    public static LakePoint On(string? branch) => new(branch, null);

    /// <summary>The query string of a request.</summary>
    /// <param name="explain">Whether the plan is asked for.</param>
    public string ToQuery(bool explain = false)
    {
        var given = new[] { ("branch", Branch), ("asOf", AsOf), ("explain", explain ? "true" : null) }.Where(one => !string.IsNullOrWhiteSpace(one.Item2)).Select(one => $"{one.Item1}={Uri.EscapeDataString(one.Item2!.Trim())}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }
}

/// <summary>The names of branches and tags.</summary>
internal sealed record BranchChoices(IReadOnlyList<BranchChoice> Branches);

internal sealed record BranchChoice(string Name, string Kind);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BranchChoices))]
internal sealed partial class LakePointJson : JsonSerializerContext;
