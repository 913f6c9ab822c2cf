using System.Text.RegularExpressions;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;
using YamlDotNet.RepresentationModel;

namespace Lakehouse.Sources.Declarations;

/// <summary>Reads a column of a declaration.</summary>
internal static class ColumnReader
{
    static readonly string[] Keys = ["name", "type", "from", "from_file_name", "from_source", "expression", "else", "format", "required", "description"];
    static readonly string[] OriginKeys = ["from", "from_file_name", "from_source", "expression"];
    static readonly string[] FormattedTypes = ["date", "timestamp", "timestamptz"];

    public static ContractColumn Read(YamlNode node, YamlMap parent)
    {
        if (node is not YamlMappingNode mapping)
        {
            throw parent.Error(node, "a column is a mapping, for instance {name: AppName, type: string, from: _source.AppName}");
        }

        var map = new YamlMap(mapping, parent.File, Keys);
        var name = map.Text(map.Required("name"));
        if (name.Length is 0 or > 255 || name.StartsWith("_lake_", StringComparison.OrdinalIgnoreCase) || name.Any(c => char.IsControl(c) || c is '"'))
        {
            throw map.Error(map.Required("name"), "a column's name has 1 to 255 characters, no control characters or quotes, and does not begin with _lake_");
        }

        var type = Type(map);
        var column = new ContractColumn(name, type, Origin(map, name, type))
        {
            Required = map.Find("required") is { } required && map.YesNo(required),
            Format = map.Find("format") is { } format ? map.Text(format) : null,
            Doc = map.Find("description") is { } doc ? map.Text(doc) : null,
        };
        if (column.Format is not null && !FormattedTypes.Contains(type.ToString()))
        {
            throw map.Error(map.Required("format"), $"a format goes with the types {string.Join(", ", FormattedTypes)}, not with {type}");
        }

        return column;
    }

    static IcebergType Type(YamlMap map)
    {
        var node = map.Required("type");
        try
        {
            return TypeText.Parse(map.Text(node));
        }
        catch (LakehouseException e)
        {
            throw map.Error(node, e.Message);
        }
    }

    static ColumnOrigin Origin(YamlMap map, string name, IcebergType type)
    {
        var given = OriginKeys.Where(k => map.Find(k) is not null).ToList();
        if (given.Count > 1)
        {
            throw map.Error(map.Find(given[1])!, $"column {name} has both {given[0]} and {given[1]}");
        }

        if (map.Find("else") is { } otherwise && given is not ["from_file_name"])
        {
            throw map.Error(otherwise, "else goes with from_file_name");
        }

        return given switch
        {
            ["from"] => new FieldOrigin(Path(map, map.Find("from")!)),
            ["from_file_name"] => FileName(map, type),
            ["from_source"] => System(map, map.Find("from_source")!),
            ["expression"] => new ExpressionOrigin(map.Text(map.Find("expression")!)),
            _ => new FieldOrigin([name]),
        };
    }

    /// <summary>A path: names with dots between, or a list of names, which may have dots themselves.</summary>
    static List<string> Path(YamlMap map, YamlNode node)
    {
        var names = node is YamlSequenceNode list ? list.Children.Select(map.Text).ToList() : [.. map.Text(node).Split('.')];
        return names.Count > 0 && names.TrueForAll(n => n.Length > 0 && !n.Contains('\0', StringComparison.Ordinal))
            ? names
            : throw map.Error(node, "from is a path into the event, for instance _source.AppName");
    }

    static FileNameOrigin FileName(YamlMap map, IcebergType type)
    {
        var node = map.Find("from_file_name")!;
        var pattern = map.Text(node);
        try
        {
            // NonBacktracking takes what RE2, which runs the pattern, takes: no look-around, no back references.
            if (new Regex(pattern, RegexOptions.NonBacktracking, TimeSpan.FromSeconds(1)).GetGroupNumbers().Length < 2)
            {
                throw map.Error(node, "from_file_name needs a group in parentheses: what it matches is the value");
            }
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw map.Error(node, $"from_file_name is no usable regular expression: {e.Message}");
        }

        var otherwise = map.Find("else");
        if (otherwise is not null && (map.Text(otherwise) != "ingestion_date" || type != IcebergType.Date))
        {
            throw map.Error(otherwise, "else can be ingestion_date, in a column of type date");
        }

        return type is PrimitiveType
            ? new FileNameOrigin(pattern, otherwise is not null)
            : throw map.Error(node, "a part of a file name fills a column of a primitive type");
    }

    static ColumnOrigin System(YamlMap map, YamlNode node) => map.Text(node) switch
    {
        "event" => new EventOrigin(),
        "name" => new SourceOrigin(),
        "position" => new PositionOrigin(),
        "ingested_at" => new IngestedAtOrigin(),
        _ => throw map.Error(node, "from_source is one of event, name, position, ingested_at"),
    };
}
