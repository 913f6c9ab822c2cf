using System.Text.Json;

namespace LakeAspire.Cli.Lineage;

/// <summary>A lineage graph as two trees of text: what something is made of, and what is made of it. What comes again is named, and not unfolded again.</summary>
internal sealed class LineageTree
{
    readonly record struct Spot(string Node, string? Column);

    readonly record struct Step(Spot From, Spot To, string? Note);

    readonly Dictionary<string, string> names;
    readonly List<Step> steps;
    readonly Spot root;

    public LineageTree(JsonElement graph, string? column)
    {
        names = graph.GetProperty("nodes").EnumerateArray().ToDictionary(n => n.GetProperty("id").GetString()!, NameOf, StringComparer.Ordinal);
        root = new Spot(graph.GetProperty("root").GetString()!, column);
        steps = column is null
            ? [.. graph.GetProperty("edges").EnumerateArray().Select(e => new Step(new Spot(Text(e, "from")!, null), new Spot(Text(e, "to")!, null), e.GetProperty("job").ValueKind == JsonValueKind.Object ? Text(e.GetProperty("job"), "name") : null))]
            : [
                .. graph.GetProperty("columns").EnumerateArray().Where(c => c.GetProperty("direct").GetBoolean() && Text(c, "toColumn") is not null)
                    .Select(c => new Step(new Spot(Text(c, "from")!, Text(c, "fromColumn")), new Spot(Text(c, "to")!, Text(c, "toColumn")), HowOf(c))),
                .. graph.GetProperty("untraced").EnumerateArray()
                    .Select(u => new Spot(Text(u, "dataset")!, Text(u, "column")) is var spot ? new Step(new Spot("?" + Text(u, "reason"), null), spot, null) : default),
            ];
    }

    public IEnumerable<string> Lines(bool upstream, bool downstream)
    {
        yield return Title(root);
        foreach (var up in (bool[])[.. upstream ? [true] : Array.Empty<bool>(), .. downstream ? [false] : Array.Empty<bool>()])
        {
            var seen = new HashSet<Spot> { root };
            var lines = Below(root, up, "", seen).ToList();
            yield return lines.Count == 0 ? up ? "is made of nothing that is known" : "is in nothing that is known" : up ? "is made of" : "is in";
            foreach (var line in lines)
            {
                yield return line;
            }
        }
    }

    IEnumerable<string> Below(Spot spot, bool upstream, string indent, HashSet<Spot> seen)
    {
        var next = steps.Where(s => (upstream ? s.To : s.From) == spot && s.From != s.To).Select(s => (Spot: upstream ? s.From : s.To, s.Note))
            .DistinctBy(s => s.Spot).OrderBy(s => Title(s.Spot), StringComparer.Ordinal).ToList();
        foreach (var (i, (child, note)) in next.Index())
        {
            var isLast = i == next.Count - 1;
            var isNew = seen.Add(child);
            yield return $"{indent}{(isLast ? "└─ " : "├─ ")}{Title(child)}{(note is null ? "" : $"  ({note})")}{(isNew || child.Node.StartsWith('?') ? "" : "  …")}";
            foreach (var line in isNew ? Below(child, upstream, indent + (isLast ? "   " : "│  "), seen) : [])
            {
                yield return line;
            }
        }
    }

    string Title(Spot spot) => spot.Node.StartsWith('?') ? $"not traced: {spot.Node[1..]}" : spot.Column is null ? names[spot.Node] : $"{names[spot.Node]}.{spot.Column}";

    static string NameOf(JsonElement node) => node.GetProperty("table").ValueKind == JsonValueKind.Object
        ? $"{Text(node.GetProperty("table"), "namespace")}.{Text(node.GetProperty("table"), "name")}"
        : $"{Text(node, "namespace")} {Text(node, "name")}";

    static string? HowOf(JsonElement column)
    {
        if (!column.TryGetProperty("transformations", out var list) || list.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        var how = list.EnumerateArray().Select(t => Text(t, "subtype")).Where(s => s is { Length: > 0 } and not "IDENTITY").Select(s => s!.ToLowerInvariant().Replace('_', ' ')).Distinct(StringComparer.Ordinal);
        return string.Join(", ", how) is { Length: > 0 } text ? text : null;
    }

    static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
