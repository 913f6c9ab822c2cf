using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;
using Lakehouse.Tables;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Lakehouse.Sources.Declarations;

/// <summary>Reads the declaration of a stream, <c>sources/&lt;stream&gt;.yml</c>. Errors name the file and the line.</summary>
public static class DeclarationReader
{
    static readonly string[] StreamKeys = ["stream", "table", "version", "description", "columns"];

    /// <summary>Reads a declaration.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="file">Its name, for errors.</param>
    /// <exception cref="LakehouseException">InvalidData: <c>file:line: what is wrong</c>.</exception>
    public static StreamDeclaration Read(string text, string file)
    {
        var yaml = new YamlStream();
        try
        {
            yaml.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw LakehouseException.InvalidData($"{file}:{e.Start.Line}: {e.Message}", e);
        }

        if (yaml.Documents is not [{ RootNode: YamlMappingNode root }])
        {
            throw LakehouseException.InvalidData($"{file}:1: a declaration is one YAML mapping with the keys {string.Join(", ", StreamKeys)}");
        }

        var map = new YamlMap(root, file, StreamKeys);
        var streamNode = map.Required("stream");
        if (!StreamName.TryParse(map.Text(streamNode), out var stream))
        {
            throw map.Error(streamNode, StreamName.Rule);
        }

        var columns = Columns(map);
        var contract = new StreamContract(stream.Value, columns)
        {
            Version = map.Find("version") is { } version ? map.PositiveNumber(version) : 1,
        };
        return new StreamDeclaration(contract, Table(map, stream), file);
    }

    static TableIdentifier Table(YamlMap map, StreamName stream)
    {
        if (map.Find("table") is not { } node)
        {
            return new TableIdentifier(StreamDeclaration.Bronze, stream.Value);
        }

        try
        {
            var table = TableIdentifier.Parse(map.Text(node));
            return table == new TableIdentifier(StreamDeclaration.Bronze, stream.Value)
                ? table
                : throw map.Error(node, $"stream {stream} fills the table {StreamDeclaration.Bronze}.{stream}");
        }
        catch (LakehouseException e) when (!e.Message.StartsWith(map.File, StringComparison.Ordinal))
        {
            throw map.Error(node, e.Message);
        }
    }

    static List<ContractColumn> Columns(YamlMap map)
    {
        var node = map.Required("columns");
        if (node is not YamlSequenceNode { Children.Count: > 0 } list)
        {
            throw map.Error(node, "columns is a list of at least one column");
        }

        var columns = new List<ContractColumn>();
        foreach (var item in list.Children)
        {
            var column = ColumnReader.Read(item, map);
            if (columns.Exists(c => c.Name.Equals(column.Name, StringComparison.OrdinalIgnoreCase)))
            {
                throw map.Error(item, $"column {column.Name} is declared twice (case makes no difference)");
            }

            if (column.Origin is ExpressionOrigin && columns.Count == 0)
            {
                throw map.Error(item, $"column {column.Name}: an expression is over the columns before it, and there is none");
            }

            columns.Add(column);
        }

        return columns;
    }
}
