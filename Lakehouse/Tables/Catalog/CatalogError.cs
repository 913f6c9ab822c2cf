using System.Net;
using System.Text.Json;
using Lakehouse.Formats;

namespace Lakehouse.Tables;

/// <summary>An error answer of the catalog: Iceberg's body on its routes, problem details on <c>/api</c>.</summary>
sealed record CatalogError(HttpStatusCode Status, string Type, string Message, JsonElement? Conflict)
{
    public static async Task<CatalogError> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            using var document = JsonDocument.Parse(bytes);
            var body = document.RootElement;
            JsonElement? conflict = body.TryGetProperty("conflict", out var member) && member.ValueKind == JsonValueKind.Object ? member.Clone() : null;
            var isIceberg = body.TryGetProperty("error", out var error);
            return new CatalogError(
                response.StatusCode, Text(isIceberg ? error : body, "type"), Text(isIceberg ? error : body, isIceberg ? "message" : "title"), conflict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new CatalogError(response.StatusCode, "", $"the answer is {(int)response.StatusCode} {response.ReasonPhrase}", Conflict: null);
        }
    }

    /// <summary>Whether a commit with this answer may have happened all the same.</summary>
    public bool IsOutcomeUnknown => (int)Status >= 500;

    public LakehouseException ToException(string what) => new(
        Status switch
        {
            HttpStatusCode.NotFound => LakehouseErrorKind.NotFound,
            HttpStatusCode.Conflict when Type is "AlreadyExistsException" => LakehouseErrorKind.AlreadyExists,
            HttpStatusCode.Conflict => LakehouseErrorKind.Conflict,
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => LakehouseErrorKind.Denied,
            _ when (int)Status >= 500 => LakehouseErrorKind.Unavailable,
            _ => LakehouseErrorKind.InvalidData,
        },
        $"{what}: {Message}");

    public CommitResult.Conflict ToConflict() => Conflict is { } conflict
        ? new CommitResult.Conflict(Text(conflict, "kind") switch { "items" => ConflictKind.Items, "cursor" => ConflictKind.Cursor, "run" => ConflictKind.Run, _ => ConflictKind.Requirement }, Message)
        {
            Scope = Text(conflict, "scope"),
            Stored = conflict.TryGetProperty("stored", out var stored) ? stored.GetString() : null,
            Items = conflict.TryGetProperty("keys", out var keys) ? keys.EnumerateArray().Select(ReadItem).ToList() : [],
        }
        : new CommitResult.Conflict(
            Type switch { "NoSuchTableException" => ConflictKind.NoSuchTable, "NoSuchNamespaceException" => ConflictKind.NoSuchNamespace, _ => ConflictKind.Requirement }, Message);

    public static CommittedItem ReadItem(JsonElement item) => new(Text(item, "key"), Text(item, "fingerprint"), item.GetProperty("commitId").GetInt64());

    static string Text(JsonElement body, string name) => body.TryGetProperty(name, out var member) ? member.GetString() ?? "" : "";
}
