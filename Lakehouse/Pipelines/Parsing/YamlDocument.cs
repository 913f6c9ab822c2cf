using System.Globalization;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>A YAML 1.1 file as values of templates, with the lines where its mappings begin. Anchors, aliases and merge keys are resolved; of equal keys the last wins.</summary>
internal sealed class YamlDocument
{
    readonly Dictionary<JinjaDict, int> lines = new(ReferenceEqualityComparer.Instance);
    readonly List<(string Key, int Line, int Column)> duplicates = [];

    /// <summary>Path relative to the project's folder, for messages.</summary>
    public required string Path { get; init; }

    /// <summary>The document; null when the file is empty.</summary>
    public object? Root { get; private set; }

    /// <summary>Keys that stand twice in one mapping.</summary>
    public IReadOnlyList<(string Key, int Line, int Column)> Duplicates => duplicates;

    /// <summary>Line where a mapping begins; 0 when unknown.</summary>
    public int LineOf(object? value) => value is JinjaDict dict && lines.TryGetValue(dict, out var line) ? line : 0;

    /// <summary>A document that was parsed before.</summary>
    public static YamlDocument Restore(string path, object? root, IReadOnlyDictionary<JinjaDict, int> lines, IEnumerable<(string Key, int Line, int Column)> duplicates)
    {
        var document = new YamlDocument { Path = path, Root = root };
        foreach (var (dict, line) in lines)
        {
            document.lines[dict] = line;
        }

        document.duplicates.AddRange(duplicates);
        return document;
    }

    /// <summary>Parses a file.</summary>
    /// <exception cref="PipelineException">It is not valid YAML.</exception>
    public static YamlDocument Parse(string path, string text)
    {
        var document = new YamlDocument { Path = path };
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.TryConsume<DocumentStart>(out _))
            {
                document.Root = document.Read(parser, new Dictionary<AnchorName, object?>());
            }

            return document;
        }
        catch (YamlException error)
        {
            var line = LineOf(error, text);
            throw new PipelineException(PipelineErrorKind.InvalidProject, $"Syntax error near line {line}: {Gist(error)}", path, line, LineText(text, line), error);
        }
    }

    /// <summary>The line that is wrong: a tab is found only when all above it has been taken for one value.</summary>
    static int LineOf(YamlException error, string text)
    {
        var tab = error.Message.Contains("tab", StringComparison.Ordinal) ? Array.FindIndex(text.Split('\n'), l => l.TrimStart(' ').StartsWith('\t')) : -1;
        return tab >= 0 ? tab + 1 : (int)error.Start.Line;
    }

    static string Gist(YamlException error) => error.InnerException?.Message ?? error.Message;

    static string? LineText(string text, int line)
    {
        var all = text.Split('\n');
        return line >= 1 && line <= all.Length ? all[line - 1].Trim() : null;
    }

    object? Read(IParser parser, Dictionary<AnchorName, object?> anchors)
    {
        switch (parser.Consume<ParsingEvent>())
        {
            case Scalar scalar:
                object? value = scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty ? YamlScalars.Plain(scalar.Value)
                    : !scalar.Tag.IsEmpty && !scalar.Tag.IsNonSpecific && scalar.Tag.Value == "tag:yaml.org,2002:int" && long.TryParse(scalar.Value, CultureInfo.InvariantCulture, out var number) ? number
                    : scalar.Value;
                return Anchored(scalar.Anchor, value, anchors);
            case SequenceStart sequence:
                var list = new JinjaList(new List<object?>());
                Anchored(sequence.Anchor, list, anchors);
                while (!parser.TryConsume<SequenceEnd>(out _))
                {
                    list.Items.Add(Read(parser, anchors));
                }

                return list;
            case MappingStart mapping:
                return ReadMapping(parser, mapping, anchors);
            case AnchorAlias alias:
                return anchors.TryGetValue(alias.Value, out var known) ? known : throw new YamlException(alias.Start, alias.End, $"found undefined alias '{alias.Value}'");
            case var other:
                throw new YamlException(other.Start, other.End, $"unexpected {other.GetType().Name}");
        }
    }

    JinjaDict ReadMapping(IParser parser, MappingStart mapping, Dictionary<AnchorName, object?> anchors)
    {
        var dict = new JinjaDict();
        lines[dict] = (int)mapping.Start.Line;
        Anchored(mapping.Anchor, dict, anchors);
        var own = new HashSet<string>(StringComparer.Ordinal);
        var merged = new List<JinjaDict>();
        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var start = parser.Current!.Start;
            var plain = parser.Current is Scalar { Style: ScalarStyle.Plain };
            var key = Read(parser, anchors);
            if (key is JinjaDict or JinjaList)
            {
                throw new YamlException(start, start, "found unhashable key: a text that begins with '{' must stand in quotes");
            }

            if (plain && key is "<<")
            {
                merged.AddRange(Read(parser, anchors) switch
                {
                    JinjaDict one => [one],
                    JinjaList several => several.Items.OfType<JinjaDict>(),
                    _ => throw new YamlException(start, start, "expected a mapping or list of mappings for merging"),
                });
                continue;
            }

            var name = Text.Of(key);
            if (!own.Add(name))
            {
                duplicates.Add((name, (int)start.Line, (int)start.Column));
            }

            dict.Set(key, Read(parser, anchors));
        }

        foreach (var (key, value) in merged.SelectMany(m => m.Entries).Where(e => !own.Contains(Text.Of(e.Key)) && !dict.TryGet(e.Key, out _)).ToArray())
        {
            if (!dict.TryGet(key, out _))
            {
                dict.Set(key, value);
            }
        }

        return dict;
    }

    static object? Anchored(AnchorName anchor, object? value, Dictionary<AnchorName, object?> anchors)
    {
        if (!anchor.IsEmpty)
        {
            anchors[anchor] = value;
        }

        return value;
    }
}
