using System.Text.Json;

namespace LakeAspire.Portal.Tables;

/// <summary>A partition's values as text.</summary>
internal static class PartitionText
{
    public static string Of(IReadOnlyDictionary<string, JsonElement>? partition) =>
        partition is { Count: > 0 } ? string.Join(" · ", partition.Select(field => $"{field.Key} = {(field.Value.ValueKind == JsonValueKind.Null ? "null" : field.Value.ToString())}")) : "–";
}
