using FsCheck;
using FsCheck.Fluent;
using LakeAspire.Portal.Pipelines;
using LakeAspire.Testing;

namespace LakeAspire.Portal.Tests.Pipelines;

public class GraphLayoutTests
{
    [Fact]
    public void Any_graph_is_drawn_left_to_right_without_overlaps()
    {
        var graphs = from count in Gen.Choose(0, 40)
                     from edges in Gen.Choose(0, 40).Two().ListOf()
                     select (Nodes: Enumerable.Range(0, count).Select(i => $"n{i}").ToList(), Edges: edges.Select(edge => ($"n{edge.Item1}", $"n{edge.Item2}")).ToList());
        TestContext.Current.SendDiagnosticMessage("seed {0}", Soak.Seed);
        var config = Config.QuickThrowOnFailure.WithMaxTest(Soak.Scale(2000)).WithReplay((ulong)Soak.Seed, 1);
        Prop.ForAll(graphs.ToArbitrary(), graph => Holds(graph.Nodes, graph.Edges)).Check(config);
    }

    static bool Holds(List<string> nodes, List<(string From, string To)> edges)
    {
        var placed = GraphLayout.Place(nodes, edges);
        var at = placed.Nodes.ToDictionary(node => node.Id, StringComparer.Ordinal);
        Assert.Equal(nodes.Order(StringComparer.Ordinal), at.Keys.Order(StringComparer.Ordinal));
        foreach (var column in placed.Nodes.GroupBy(node => node.X))
        {
            var sorted = column.OrderBy(node => node.Y).ToList();
            Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.True(pair.Second.Y - pair.First.Y >= GraphLayout.NodeHeight - 0.001));
        }

        Assert.All(placed.Nodes, node => Assert.True(node.X >= 0 && node.Y >= 0 && node.X + GraphLayout.NodeWidth <= placed.Width && node.Y + GraphLayout.NodeHeight <= placed.Height));
        Assert.All(placed.Edges, edge =>
        {
            Assert.True(at[edge.From].Layer < at[edge.To].Layer);
            Assert.Equal((at[edge.From].X + GraphLayout.NodeWidth, at[edge.From].Y + (GraphLayout.NodeHeight / 2)), edge.Points[0]);
            Assert.Equal((at[edge.To].X, at[edge.To].Y + (GraphLayout.NodeHeight / 2)), edge.Points[^1]);
        });
        return true;
    }

    [Fact]
    public void A_chain_is_a_straight_line()
    {
        var placed = GraphLayout.Place(["a", "b", "c"], [("a", "b"), ("b", "c")]);
        Assert.Single(placed.Nodes.Select(node => node.Y).Distinct());
        Assert.Equal([0, 1, 2], placed.Nodes.OrderBy(node => node.Id, StringComparer.Ordinal).Select(node => node.Layer));
    }

    [Fact]
    public void An_edge_that_would_close_a_cycle_is_left_out()
    {
        var placed = GraphLayout.Place(["a", "b"], [("a", "b"), ("b", "a"), ("a", "a"), ("a", "unknown")]);
        Assert.Equal(("a", "b"), (Assert.Single(placed.Edges).From, placed.Edges[0].To));
    }

    [Fact]
    public void Crossings_that_can_be_avoided_are()
    {
        var placed = GraphLayout.Place(["a", "b", "c", "d"], [("a", "d"), ("b", "c")]);
        var at = placed.Nodes.ToDictionary(node => node.Id, node => node.Y, StringComparer.Ordinal);
        Assert.Equal(at["a"] < at["b"], at["d"] < at["c"]);
    }
}
