using LakeAspire.Portal.Display;
using LakeAspire.Portal.Lake;
using LakeAspire.Portal.Pipelines;

namespace LakeAspire.Portal.Lineage;

/// <summary>A dataset, or one of its columns.</summary>
public readonly record struct LineageSpot(string Node, string? Column);

/// <summary>A line of the drawing.</summary>
internal sealed record LineageLine(string Path, bool IsColumn, bool IsDirect, LineageSpot From, LineageSpot To);

/// <summary>The graph as it is drawn: which columns each dataset shows, where everything is, and what belongs to a choice.</summary>
internal sealed class LineageScene
{
    public const double NodeWidth = 220;
    public const double HeadHeight = 50;
    public const double RowHeight = 20;
    public const int MaxColumns = 40;

    readonly LineageGraph graph;
    readonly Dictionary<string, IReadOnlyList<string>> columns;
    readonly Dictionary<string, GraphNode> places;

    public LineageScene(LineageGraph graph, IReadOnlySet<string> expanded)
    {
        this.graph = graph;
        Expanded = expanded;
        columns = graph.Nodes.ToDictionary(n => n.Id, n => ColumnsIn(graph, n.Id), StringComparer.Ordinal);
        Placed = GraphLayout.Place([.. graph.Nodes.Select(n => n.Id)], graph.Edges.Where(e => e.From != e.To).Select(e => (e.From, e.To)), HeightOf, NodeWidth);
        places = Placed.Nodes.ToDictionary(n => n.Id, StringComparer.Ordinal);
        Lines = [.. Datasets(), .. Columns()];
    }

    public IReadOnlySet<string> Expanded { get; }

    public PlacedGraph Placed { get; }

    public IReadOnlyList<LineageLine> Lines { get; }

    /// <summary>Where the middle of a dataset is drawn.</summary>
    public (double X, double Y) CenterOf(string node) => (places[node].X + (NodeWidth / 2), places[node].Y + (places[node].Height / 2));

    /// <summary>The columns that are known of a dataset, in the order of their names.</summary>
    public IReadOnlyList<string> ColumnsOf(string node) => columns[node];

    /// <summary>Those of them that are drawn.</summary>
    public IEnumerable<string> Shown(string node) => Expanded.Contains(node) ? columns[node].Take(MaxColumns) : [];

    /// <summary>Everything that something is made of, and that is made of it: of a column its columns, of a dataset its datasets.</summary>
    public HashSet<LineageSpot> Around(LineageSpot chosen)
    {
        var around = new HashSet<LineageSpot> { chosen };
        foreach (var upstream in (bool[])[true, false])
        {
            var open = new Stack<LineageSpot>([chosen]);
            var seen = new HashSet<LineageSpot> { chosen };
            while (open.TryPop(out var spot))
            {
                foreach (var next in Next(spot, upstream).Where(seen.Add))
                {
                    around.Add(next);
                    open.Push(next);
                }
            }
        }

        if (chosen.Column is not null)
        {
            around.UnionWith([.. around.Select(spot => new LineageSpot(spot.Node, null))]);
        }

        return around;
    }

    IEnumerable<LineageSpot> Next(LineageSpot spot, bool upstream) => spot.Column is null
        ? graph.Edges.Where(e => (upstream ? e.To : e.From) == spot.Node).Select(e => new LineageSpot(upstream ? e.From : e.To, null))
        : graph.Columns.Where(c => c.Direct && c.ToColumn is not null && (upstream ? c.To == spot.Node && c.ToColumn == spot.Column : c.From == spot.Node && c.FromColumn == spot.Column))
            .Select(c => upstream ? new LineageSpot(c.From, c.FromColumn) : new LineageSpot(c.To, c.ToColumn));

    static IReadOnlyList<string> ColumnsIn(LineageGraph graph, string node) =>
        [.. graph.Columns.Where(c => c.To == node && c.ToColumn is not null).Select(c => c.ToColumn!)
            .Concat(graph.Columns.Where(c => c.From == node).Select(c => c.FromColumn))
            .Concat(graph.Untraced.Where(u => u.Dataset == node && u.Column is not null).Select(u => u.Column!))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.OrdinalIgnoreCase)];

    double HeightOf(string node)
    {
        var shown = Shown(node).Count();
        return HeadHeight + (shown == 0 ? 0 : ((shown + (columns[node].Count > MaxColumns ? 1 : 0)) * RowHeight) + 8);
    }

    IEnumerable<LineageLine> Datasets()
    {
        foreach (var edge in Placed.Edges)
        {
            yield return new LineageLine(GraphLayout.Curve(edge), IsColumn: false, IsDirect: true, new LineageSpot(edge.From, null), new LineageSpot(edge.To, null));
        }
    }

    /// <summary>Columns are joined where both ends are open.</summary>
    IEnumerable<LineageLine> Columns()
    {
        foreach (var column in graph.Columns.Where(c => c.From != c.To && c.ToColumn is not null && Expanded.Contains(c.From) && Expanded.Contains(c.To)))
        {
            if (RowOf(column.From, column.FromColumn) is { } from && RowOf(column.To, column.ToColumn!) is { } to)
            {
                var start = (X: places[column.From].X + NodeWidth, Y: from);
                yield return new LineageLine(
                    $"M{Format.Number(start.X)} {Format.Number(start.Y)}{GraphLayout.Curve(start, (places[column.To].X, to))}", IsColumn: true, column.Direct, new LineageSpot(column.From, column.FromColumn), new LineageSpot(column.To, column.ToColumn));
            }
        }
    }

    double? RowOf(string node, string column)
    {
        var index = Shown(node).ToList().IndexOf(column);
        return index < 0 ? null : places[node].Y + HeadHeight + (index * RowHeight) + (RowHeight / 2);
    }
}
