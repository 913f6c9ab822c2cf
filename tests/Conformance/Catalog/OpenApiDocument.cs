using YamlDotNet.Serialization;

namespace LakeAspire.Conformance.Catalog;

/// <summary>An OpenAPI description: its operations, and what they say about bodies. Scalars are kept as text, as YAML has them.</summary>
public sealed class OpenApiDocument
{
    readonly object root;
    readonly List<(string[] Template, IDictionary<object, object> Item)> paths;

    OpenApiDocument(object root)
    {
        this.root = root;
        paths = ((IDictionary<object, object>)Member(root, "paths")!).Select(p => (((string)p.Key).Split('/'), (IDictionary<object, object>)p.Value)).ToList();
    }

    /// <summary>Reads a description.</summary>
    public static OpenApiDocument Load(string path)
    {
        using var reader = File.OpenText(path);
        return new OpenApiDocument(new DeserializerBuilder().Build().Deserialize<object>(reader)!);
    }

    /// <summary>Schema of a request's body; null when the operation takes none, or there is no such operation.</summary>
    public object? RequestSchema(string method, string path) =>
        Operation(method, path) is { } operation && Member(operation, "requestBody") is { } body ? JsonSchemaOf(Resolve(body)) : null;

    /// <summary>What the operation says of a status: whether it is specified, and the schema of its body, if it has one.</summary>
    public (bool IsSpecified, object? Schema) Response(string method, string path, int status)
    {
        if (Operation(method, path) is not { } operation || Member(operation, "responses") is not { } responses)
        {
            return (false, null);
        }

        var response = Member(responses, status.ToString()) ?? Member(responses, $"{status / 100}XX");
        return response is null ? (false, null) : (true, JsonSchemaOf(Resolve(response)));
    }

    /// <summary>Follows a reference; what is none is returned as it is.</summary>
    public object Resolve(object node)
    {
        while (Member(node, "$ref") is string reference)
        {
            node = reference.TrimStart('#', '/').Split('/').Aggregate(root, (at, name) => Member(at, name) ?? throw new InvalidOperationException($"{reference} leads nowhere."));
        }

        return node;
    }

    /// <summary>A member of a mapping, or null.</summary>
    public static object? Member(object? node, string name) => node is IDictionary<object, object> mapping && mapping.TryGetValue(name, out var value) ? value : null;

    static object? JsonSchemaOf(object node) => Member(Member(Member(node, "content"), "application/json"), "schema");

    object? Operation(string method, string path)
    {
        var parts = path.Split('/');

        // Literal segments win over parameters.
        var found = paths.Where(p => p.Template.Length == parts.Length && p.Template.Zip(parts).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second))
            .OrderBy(p => p.Template.Count(segment => segment.StartsWith('{'))).FirstOrDefault();
        return found.Item is null ? null : Member(found.Item, method.ToLowerInvariant());
    }
}
