using System.Text.Json;

namespace LakeAspire.Catalog;

/// <summary>Bodies of <c>/api</c>: camelCase.</summary>
internal static class ApiBodies
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { AllowDuplicateProperties = false };

    const int DefaultLimit = 50;
    const int MaxLimit = 1000;

    /// <summary>Reads a body.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400 says where it is malformed.</exception>
    public static async Task<T> ReadAsync<T>(HttpRequest request, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(request.Body, Json, cancellationToken) ?? throw CatalogErrors.BadRequest("the body is empty");
        }
        catch (JsonException exception)
        {
            throw CatalogErrors.BadRequest($"the body is not what it should be, at {exception.Path ?? "$"}, line {exception.LineNumber + 1}");
        }
    }

    /// <summary>A limit of a list.</summary>
    public static int Limit(int? limit, int standard = DefaultLimit) => limit switch
    {
        null => standard,
        >= 1 and <= MaxLimit => limit.Value,
        _ => throw CatalogErrors.BadRequest($"limit must be between 1 and {MaxLimit}"),
    };

    /// <summary>A text that must be there.</summary>
    public static string Required(string? text, string name, int max = 1024) => text switch
    {
        null or "" => throw CatalogErrors.BadRequest($"{name} is missing"),
        { Length: var length } when length > max => throw CatalogErrors.BadRequest($"{name} is longer than {max} characters"),
        _ when text.Contains('\0', StringComparison.Ordinal) => throw CatalogErrors.BadRequest($"{name} contains a NUL character"),
        _ => text,
    };
}
