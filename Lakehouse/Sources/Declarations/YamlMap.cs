using System.Globalization;
using Lakehouse.Formats;
using YamlDotNet.RepresentationModel;

namespace Lakehouse.Sources.Declarations;

/// <summary>A YAML mapping whose keys are known, and which can say where in its file something is wrong.</summary>
internal sealed class YamlMap
{
    readonly YamlMappingNode node;

    public YamlMap(YamlMappingNode node, string file, IReadOnlyCollection<string> keys)
    {
        this.node = node;
        File = file;
        foreach (var key in node.Children.Keys)
        {
            if (!keys.Contains(Text(key)))
            {
                throw Error(key, $"'{Text(key)}' is not known here; there are {string.Join(", ", keys)}");
            }
        }
    }

    public string File { get; }

    public YamlNode? Find(string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) ? value : null;

    public YamlNode Required(string key) => Find(key) ?? throw Error(node, $"'{key}' is missing");

    public string Text(YamlNode value) => value is YamlScalarNode { Value: { } text } ? text : throw Error(value, "a text is expected here");

    public bool YesNo(YamlNode value) => Text(value) switch
    {
        "true" => true,
        "false" => false,
        var other => throw Error(value, $"true or false is expected here, not '{other}'"),
    };

    public int PositiveNumber(YamlNode value) =>
        int.TryParse(Text(value), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw Error(value, "a whole number above 0 is expected here");

    public LakehouseException Error(YamlNode where, string what) => LakehouseException.InvalidData($"{File}:{where.Start.Line}: {what}");
}
