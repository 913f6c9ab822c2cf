using Lakehouse.Jinja.Values;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Lakehouse.Pipelines.Projects;

/// <summary>A YAML file of a project: its tree, with lines for messages.</summary>
internal sealed class YamlFile
{
    YamlFile(string path, YamlNode? root)
    {
        Path = path;
        Root = root;
    }

    /// <summary>Path relative to the project's folder.</summary>
    public string Path { get; }

    public YamlNode? Root { get; }

    /// <exception cref="PipelineException">It is not valid YAML.</exception>
    public static YamlFile Parse(string path, string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return new YamlFile(path, stream.Documents.Count > 0 ? stream.Documents[0].RootNode : null);
        }
        catch (YamlException error)
        {
            throw new PipelineException(PipelineErrorKind.InvalidProject, error.Message, path, (int)error.Start.Line, inner: error);
        }
    }

    public PipelineException Error(YamlNode? node, string message, PipelineErrorKind kind = PipelineErrorKind.InvalidProject) =>
        new(kind, message, Path, node is null ? 0 : (int)node.Start.Line);

    /// <summary>The child of a mapping; null when it is missing or null.</summary>
    public YamlNode? Child(YamlNode? mapping, string key) => mapping is YamlMappingNode node
        ? node.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: { } name } && name == key).Value is { } child && YamlScalars.Value(child) is not null ? child : null
        : null;

    public YamlMappingNode? Mapping(YamlNode? parent, string key) => Child(parent, key) switch
    {
        null => null,
        YamlMappingNode mapping => mapping,
        var other => throw Error(other, $"'{key}' must be a mapping"),
    };

    public IEnumerable<YamlNode> Sequence(YamlNode? parent, string key) => Child(parent, key) switch
    {
        null => [],
        YamlSequenceNode sequence => sequence.Children,
        var other => throw Error(other, $"'{key}' must be a list"),
    };

    public string? Text(YamlNode? parent, string key) => Child(parent, key) switch
    {
        null => null,
        YamlScalarNode scalar => scalar.Value,
        var other => throw Error(other, $"'{key}' must be text"),
    };

    public string RequireText(YamlNode parent, string key) => Text(parent, key) is { Length: > 0 } text ? text : throw Error(parent, $"'{key}' is missing");

    /// <summary>A node as a value of templates.</summary>
    public static object? Value(YamlNode? node) => node is null ? null : YamlScalars.Value(node);

    /// <summary>Entries of a mapping as values of templates.</summary>
    public static JinjaDict Dict(YamlMappingNode? mapping) => mapping is null ? new JinjaDict() : (JinjaDict)YamlScalars.Value(mapping)!;
}
