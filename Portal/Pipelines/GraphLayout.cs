using LakeAspire.Portal.Display;

namespace LakeAspire.Portal.Pipelines;

public sealed record GraphNode(string Id, int Layer, double X, double Y, double Height = GraphLayout.NodeHeight);

/// <summary>An edge as the points that its curve passes.</summary>
public sealed record GraphEdge(string From, string To, IReadOnlyList<(double X, double Y)> Points);

public sealed record PlacedGraph(IReadOnlyList<GraphNode> Nodes, IReadOnlyList<GraphEdge> Edges, double Width, double Height);

/// <summary>
/// A layered drawing, left to right (Sugiyama, Tagawa, Toda 1981): each node one layer right of the furthest that it needs, an edge over several layers bent in each of them,
/// the order within a layer by the mean place of the neighbours, the places by the same mean as far as others leave room. Needs an acyclic graph; edges that would close a cycle are left out.
/// </summary>
internal static class GraphLayout
{
    public const double NodeWidth = 184;
    public const double NodeHeight = 52;
    const double ColumnGap = 60;
    const double RowGap = 22;
    const double BendHeight = 18;
    const double Margin = 16;
    const int Sweeps = 12;

    sealed class Slot(string? id, int layer, double height)
    {
        public string? Id => id;

        public int Layer => layer;

        public List<Slot> Left { get; } = [];

        public List<Slot> Right { get; } = [];

        public double Center { get; set; }

        public double Height => height;
    }

    /// <param name="nodes">Ids of the nodes.</param>
    /// <param name="edges">Edges between them.</param>
    /// <param name="heightOf">Height of a node; null = <see cref="NodeHeight"/>.</param>
    /// <param name="nodeWidth">Width of all nodes.</param>
    public static PlacedGraph Place(IReadOnlyCollection<string> nodes, IEnumerable<(string From, string To)> edges, Func<string, double>? heightOf = null, double nodeWidth = NodeWidth)
    {
        var acyclic = WithoutCycles(nodes, edges);
        var layerOf = LayersOf(nodes, acyclic);
        var slots = nodes.ToDictionary(node => node, node => new Slot(node, layerOf[node], heightOf?.Invoke(node) ?? NodeHeight), StringComparer.Ordinal);
        var layers = Enumerable.Range(0, layerOf.Values.DefaultIfEmpty(-1).Max() + 1).Select(_ => new List<Slot>()).ToList();
        foreach (var slot in slots.Values)
        {
            layers[slot.Layer].Add(slot);
        }

        var paths = acyclic.Select(edge => (edge, Path: Connect(slots[edge.From], slots[edge.To], layers))).ToList();
        Order(layers);
        Spread(layers);
        return Draw(layers, paths, nodeWidth);
    }

    /// <summary>An edge as the path of an SVG: level where it leaves and enters a node, straight through the bends of the layers between.</summary>
    public static string Curve(GraphEdge edge)
    {
        var path = new System.Text.StringBuilder($"M{Format.Number(edge.Points[0].X)} {Format.Number(edge.Points[0].Y)}");
        for (var i = 1; i < edge.Points.Count; i++)
        {
            path.Append(i % 2 == 0 ? $"L{Format.Number(edge.Points[i].X)} {Format.Number(edge.Points[i].Y)}" : Curve(edge.Points[i - 1], edge.Points[i]));
        }

        return path.ToString();
    }

    /// <summary>A curve that is level at both ends, without its beginning.</summary>
    public static string Curve((double X, double Y) from, (double X, double Y) to)
    {
        var middle = Format.Number((from.X + to.X) / 2);
        return $"C{middle} {Format.Number(from.Y)} {middle} {Format.Number(to.Y)} {Format.Number(to.X)} {Format.Number(to.Y)}";
    }

    static List<(string From, string To)> WithoutCycles(IReadOnlyCollection<string> nodes, IEnumerable<(string From, string To)> edges)
    {
        var targets = nodes.ToDictionary(node => node, _ => new List<string>(), StringComparer.Ordinal);
        var kept = new List<(string, string)>();
        foreach (var (from, to) in edges.Distinct())
        {
            if (targets.TryGetValue(from, out var next) && targets.ContainsKey(to) && !Reaches(targets, to, from))
            {
                next.Add(to);
                kept.Add((from, to));
            }
        }

        return kept;
    }

    static bool Reaches(Dictionary<string, List<string>> targets, string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var node))
        {
            if (node == to)
            {
                return true;
            }

            if (seen.Add(node))
            {
                targets[node].ForEach(open.Push);
            }
        }

        return false;
    }

    /// <summary>The longest path that leads to each node.</summary>
    static Dictionary<string, int> LayersOf(IReadOnlyCollection<string> nodes, List<(string From, string To)> edges)
    {
        var sources = edges.ToLookup(edge => edge.To, edge => edge.From, StringComparer.Ordinal);
        var layers = new Dictionary<string, int>(StringComparer.Ordinal);
        int Of(string node) => layers.TryGetValue(node, out var known) ? known : layers[node] = sources[node].Select(Of).DefaultIfEmpty(-1).Max() + 1;
        foreach (var node in nodes)
        {
            Of(node);
        }

        return layers;
    }

    static List<Slot> Connect(Slot from, Slot to, List<List<Slot>> layers)
    {
        List<Slot> path = [from];
        for (var layer = from.Layer + 1; layer < to.Layer; layer++)
        {
            var bend = new Slot(null, layer, BendHeight);
            layers[layer].Add(bend);
            path.Add(bend);
        }

        path.Add(to);
        foreach (var (left, right) in path.Zip(path.Skip(1)))
        {
            left.Right.Add(right);
            right.Left.Add(left);
        }

        return path;
    }

    static void Order(List<List<Slot>> layers)
    {
        Number(layers);
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var forward = sweep % 2 == 0;
            foreach (var layer in forward ? layers : Enumerable.Reverse(layers))
            {
                var ordered = layer.OrderBy(slot => Mean(forward ? slot.Left : slot.Right, slot.Center)).ToList();
                layer.Clear();
                layer.AddRange(ordered);
                for (var i = 0; i < layer.Count; i++)
                {
                    layer[i].Center = i;
                }
            }
        }
    }

    static void Number(List<List<Slot>> layers)
    {
        foreach (var layer in layers)
        {
            for (var i = 0; i < layer.Count; i++)
            {
                layer[i].Center = i;
            }
        }
    }

    static double Mean(List<Slot> neighbours, double otherwise) => neighbours.Count == 0 ? otherwise : neighbours.Average(slot => slot.Center);

    /// <summary>From ordinal to real places: each layer strives for its neighbours' mean, keeping its order and its gaps.</summary>
    static void Spread(List<List<Slot>> layers)
    {
        foreach (var layer in layers)
        {
            Settle(layer, [.. layer.Select((_, i) => i * (NodeHeight + RowGap))]);
        }

        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var forward = sweep % 2 == 0;
            foreach (var layer in forward ? layers : Enumerable.Reverse(layers))
            {
                Settle(layer, [.. layer.Select(slot => Mean(forward ? slot.Left : slot.Right, slot.Center))]);
            }
        }

        var top = layers.SelectMany(layer => layer).Select(slot => slot.Center - (slot.Height / 2)).DefaultIfEmpty(0).Min();
        foreach (var slot in layers.SelectMany(layer => layer))
        {
            slot.Center += Margin - top;
        }
    }

    /// <summary>The places nearest to the wanted ones (least squares) that keep order and gaps: neighbours that would overlap move as one block.</summary>
    static void Settle(List<Slot> layer, double[] wanted)
    {
        var blocks = new List<(int First, int Count, double Start)>();
        var offset = new double[layer.Count];
        for (var i = 0; i < layer.Count; i++)
        {
            offset[i] = i == 0 ? 0 : offset[i - 1] + ((layer[i - 1].Height + layer[i].Height) / 2) + RowGap;
            var block = (First: i, Count: 1, Start: wanted[i] - offset[i]);
            while (blocks.Count > 0 && blocks[^1].Start > block.Start)
            {
                var previous = blocks[^1];
                blocks.RemoveAt(blocks.Count - 1);
                var count = previous.Count + block.Count;
                block = (previous.First, count, ((previous.Start * previous.Count) + (block.Start * block.Count)) / count);
            }

            blocks.Add(block);
        }

        foreach (var (first, count, start) in blocks)
        {
            for (var i = first; i < first + count; i++)
            {
                layer[i].Center = start + offset[i];
            }
        }
    }

    static PlacedGraph Draw(List<List<Slot>> layers, List<((string From, string To) Edge, List<Slot> Path)> paths, double nodeWidth)
    {
        double Left(int layer) => Margin + (layer * (nodeWidth + ColumnGap));
        var nodes = layers.SelectMany(layer => layer)
            .Where(slot => slot.Id is not null)
            .Select(slot => new GraphNode(slot.Id!, slot.Layer, Left(slot.Layer), slot.Center - (slot.Height / 2), slot.Height))
            .ToList();
        var edges = paths.Select(path => new GraphEdge(path.Edge.From, path.Edge.To, [.. path.Path.SelectMany((slot, i) => Points(slot, i, path.Path.Count))])).ToList();
        var width = (Margin * 2) + (layers.Count * nodeWidth) + (Math.Max(0, layers.Count - 1) * ColumnGap);
        var height = layers.SelectMany(layer => layer).Select(slot => slot.Center + (slot.Height / 2)).DefaultIfEmpty(0).Max() + Margin;
        return new PlacedGraph(nodes, edges, width, height);

        IEnumerable<(double X, double Y)> Points(Slot slot, int i, int count)
        {
            if (i > 0)
            {
                yield return (Left(slot.Layer), slot.Center);
            }

            if (i < count - 1)
            {
                yield return (Left(slot.Layer) + nodeWidth, slot.Center);
            }
        }
    }
}
