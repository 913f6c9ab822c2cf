using YamlDotNet.Serialization;

namespace LakeAspire.Conformance.Catalog;

/// <summary>An OpenAPI description and those beside it that it refers to. Scalars are kept as text, as YAML has them.</summary>
public sealed class OpenApiDocument
{
    static readonly string[] Methods = ["get", "head", "post", "put", "patch", "delete", "options"];

    readonly object root;
    readonly string folder;
    readonly Dictionary<string, OpenApiDocument> others;
    readonly Dictionary<object, OpenApiDocument> owners = new(ReferenceEqualityComparer.Instance);

    OpenApiDocument(string path, Dictionary<string, OpenApiDocument> others)
    {
        using var reader = File.OpenText(path);
        root = new DeserializerBuilder().Build().Deserialize<object>(reader)!;
        folder = Path.GetDirectoryName(path)!;
        this.others = others;
        others[Path.GetFileName(path)] = this;
        Operations = (Member(root, "paths") as IDictionary<object, object> ?? new Dictionary<object, object>()).SelectMany(p => OperationsOf((string)p.Key, p.Value)).ToList();
    }

    /// <summary>Every operation.</summary>
    public IReadOnlyList<OpenApiOperation> Operations { get; }

    /// <summary>Reads a description.</summary>
    public static OpenApiDocument Load(string path) => new(Path.GetFullPath(path), []);

    /// <summary>The operation of a path as a client sends it, not decoded; null when there is none. Literal segments win over parameters.</summary>
    public OpenApiOperation? Find(string method, string path)
    {
        var parts = path.Split('/');
        return Operations.Where(o => o.Method.Equals(method, StringComparison.OrdinalIgnoreCase) && o.Matches(parts)).OrderBy(o => o.Names.Count).FirstOrDefault();
    }

    /// <summary>A schema by its name.</summary>
    public object Schema(string name) =>
        Member(Member(Member(root, "components"), "schemas"), name) ?? throw new InvalidOperationException($"There is no schema {name}.");

    /// <summary>Follows a reference; what is none is returned as it is.</summary>
    public object Resolve(object node)
    {
        while (Member(node, "$ref") is string reference)
        {
            node = Follow(node, reference);
        }

        return node;
    }

    /// <summary>What a reference leads to: a pointer into this description, or into another one in the same folder, wherever the path to it seems to lead.</summary>
    public object Follow(object node, string reference)
    {
        var at = reference.IndexOf('#', StringComparison.Ordinal);
        var owner = owners.GetValueOrDefault(node, this);
        if (at > 0)
        {
            var name = Path.GetFileName(reference[..at]);
            owner = others.GetValueOrDefault(name) ?? new OpenApiDocument(Path.Combine(folder, name), others);
        }

        var target = reference[(at + 1)..].TrimStart('/').Split('/')
            .Aggregate(owner.root, (parent, name) => Member(parent, name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)) ?? throw new InvalidOperationException($"{reference} leads nowhere."));
        if (owner != this)
        {
            Own(target, owner);
        }

        return target;
    }

    /// <summary>A member of a mapping, or null.</summary>
    public static object? Member(object? node, string name) => node is IDictionary<object, object> mapping && mapping.TryGetValue(name, out var value) ? value : null;

    /// <summary>A member of a mapping that is text, or null.</summary>
    public static string? Text(object? node, string name) => Member(node, name) as string;

    /// <summary>A member of a mapping that is a list; empty when there is none.</summary>
    public static IReadOnlyList<object> List(object? node, string name) => Member(node, name) is IList<object> list ? [.. list] : [];

    /// <summary>References within what came from another description are that one's own.</summary>
    void Own(object node, OpenApiDocument owner)
    {
        if (node is IDictionary<object, object> mapping && owners.TryAdd(node, owner))
        {
            foreach (var value in mapping.Values)
            {
                Own(value, owner);
            }
        }
        else if (node is IList<object> list)
        {
            foreach (var value in list)
            {
                Own(value, owner);
            }
        }
    }

    IEnumerable<OpenApiOperation> OperationsOf(string template, object item) => Methods.Where(method => Member(item, method) is not null).Select(method =>
    {
        var operation = Member(item, method)!;
        var parameters = List(item, "parameters").Concat(List(operation, "parameters")).Select(Resolve)
            .Select(p => new OpenApiParameter(Text(p, "name")!, Text(p, "in")!, Text(p, "required") == "true", Member(p, "schema")!)).ToList();
        return new OpenApiOperation(this, method.ToUpperInvariant(), template, parameters, operation);
    });
}
