using System.Globalization;

namespace LakeAspire.Conformance.Catalog;

/// <summary>A parameter of an operation.</summary>
/// <param name="Name">Its name.</param>
/// <param name="In"><c>path</c>, <c>query</c> or <c>header</c>.</param>
/// <param name="IsRequired">Whether a request must have it.</param>
/// <param name="Schema">What its value may be.</param>
public sealed record OpenApiParameter(string Name, string In, bool IsRequired, object Schema);

/// <summary>What a body may be.</summary>
/// <param name="Schemas">By content type; none means that there is no body.</param>
/// <param name="IsRequired">Whether it must be there; meant for requests.</param>
public sealed record OpenApiBody(IReadOnlyDictionary<string, object> Schemas, bool IsRequired);

/// <summary>What an operation says of one status.</summary>
/// <param name="Body">The body.</param>
/// <param name="Headers">Schemas of headers.</param>
public sealed record OpenApiResponse(OpenApiBody Body, IReadOnlyDictionary<string, object> Headers);

/// <summary>One operation of an OpenAPI description.</summary>
public sealed class OpenApiOperation
{
    readonly OpenApiDocument document;
    readonly object node;
    readonly string[] segments;

    internal OpenApiOperation(OpenApiDocument document, string method, string template, IReadOnlyList<OpenApiParameter> parameters, object node)
    {
        this.document = document;
        this.node = node;
        Method = method;
        Template = template;
        Parameters = parameters;
        segments = template.Split('/');
        Names = segments.Where(IsName).Select(s => s[1..^1]).ToList();
        Request = OpenApiDocument.Member(node, "requestBody") is { } body ? BodyOf(document.Resolve(body)) : null;
    }

    /// <summary>The method, in capitals.</summary>
    public string Method { get; }

    /// <summary>The path with its parameters in braces.</summary>
    public string Template { get; }

    /// <summary>Names of the parameters in the path.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Every parameter.</summary>
    public IReadOnlyList<OpenApiParameter> Parameters { get; }

    /// <summary>The body that it takes, or null.</summary>
    public OpenApiBody? Request { get; }

    /// <summary>What it says of a status; null when it may not answer with it.</summary>
    public OpenApiResponse? Response(int status)
    {
        var responses = OpenApiDocument.Member(node, "responses");
        var found = OpenApiDocument.Member(responses, status.ToString(CultureInfo.InvariantCulture)) ?? OpenApiDocument.Member(responses, $"{status / 100}XX") ?? OpenApiDocument.Member(responses, "default");
        if (found is null)
        {
            return null;
        }

        var response = document.Resolve(found);
        var headers = (OpenApiDocument.Member(response, "headers") as IDictionary<object, object> ?? new Dictionary<object, object>())
            .ToDictionary(h => (string)h.Key, h => OpenApiDocument.Member(document.Resolve(h.Value), "schema")!, StringComparer.OrdinalIgnoreCase);
        return new OpenApiResponse(BodyOf(response), headers);
    }

    /// <summary>The values of the path's parameters, decoded.</summary>
    public IReadOnlyDictionary<string, string> Values(string path) => segments.Zip(path.Split('/')).Where(pair => IsName(pair.First))
        .ToDictionary(pair => pair.First[1..^1], pair => Uri.UnescapeDataString(pair.Second), StringComparer.Ordinal);

    /// <inheritdoc />
    public override string ToString() => $"{Method} {Template}";

    internal bool Matches(string[] parts) => parts.Length == segments.Length && segments.Zip(parts).All(pair => IsName(pair.First) ? pair.Second.Length > 0 : pair.First == pair.Second);

    static bool IsName(string segment) => segment.StartsWith('{');

    static OpenApiBody BodyOf(object node) => new(
        (OpenApiDocument.Member(node, "content") as IDictionary<object, object> ?? new Dictionary<object, object>())
            .ToDictionary(c => (string)c.Key, c => OpenApiDocument.Member(c.Value, "schema")!, StringComparer.OrdinalIgnoreCase),
        OpenApiDocument.Text(node, "required") == "true");
}
