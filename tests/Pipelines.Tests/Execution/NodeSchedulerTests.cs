using System.Collections.Concurrent;
using LakeAspire.Testing;
using Lakehouse.Pipelines.Execution;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Tests.Execution;

public sealed class NodeSchedulerTests(ITestOutputHelper output)
{
    /// <summary>A random graph: of each node, which earlier ones it depends on, and whether it fails.</summary>
    sealed record Sketch(IReadOnlyList<(IReadOnlyList<int> Parents, bool Selected, bool Fails)> Nodes)
    {
        public string Id(int i) => $"model.p.m{i:D2}";

        public ManifestGraph Graph() => new(Nodes.Select((node, i) => (Id(i), (IReadOnlyList<string>)[.. node.Parents.Select(Id)])));

        public HashSet<string> Selected() => [.. Nodes.Select((node, i) => (node, i)).Where(n => n.node.Selected).Select(n => Id(n.i))];
    }

    [Fact]
    public async Task Every_selected_node_comes_once_after_all_that_it_depends_on_and_failures_skip_what_comes_after()
    {
        output.WriteLine($"seeds from {Soak.Seed}");
        for (var round = 0; round < Soak.Scale(2000); round++)
        {
            var random = new Random(Soak.Seed + round);
            var nodes = Enumerable.Range(0, random.Next(25)).Select(i =>
                ((IReadOnlyList<int>)[.. Enumerable.Range(0, i == 0 ? 0 : random.Next(4)).Select(_ => random.Next(i)).Distinct()], random.Next(5) > 0, random.Next(6) == 0)).ToList();
            await CheckAsync(new Sketch(nodes), random.Next(1, 5));
        }
    }

    static async Task CheckAsync(Sketch sketch, int threads)
    {
        var (graph, selected) = (sketch.Graph(), sketch.Selected());
        var fails = sketch.Nodes.Select((node, i) => (node, i)).Where(n => n.node.Fails).Select(n => sketch.Id(n.i)).ToHashSet();
        var ended = new ConcurrentDictionary<string, bool>();
        var scheduler = new NodeScheduler(graph, selected, new ScheduleOptions { Threads = threads });
        var results = await scheduler.RunAsync(
            async (id, skip, _, _) =>
            {
                await Task.Yield();
                Assert.All(Ancestors(graph, id).Where(selected.Contains), before => Assert.True(ended.ContainsKey(before), $"{id} before {before}"));
                Assert.True(ended.TryAdd(id, true));
                return skip is not null ? new NodeResult(id, NodeStatus.Skipped) { Cause = skip.Cause } : new NodeResult(id, fails.Contains(id) ? NodeStatus.Error : NodeStatus.Success);
            },
            TestContext.Current.CancellationToken);
        Assert.Equal(selected.Order(StringComparer.Ordinal), results.Select(r => r.UniqueId).Order(StringComparer.Ordinal));
        foreach (var result in results)
        {
            var broken = Ancestors(graph, result.UniqueId).Where(a => selected.Contains(a) && fails.Contains(a)).ToList();
            Assert.Equal(broken.Count > 0 ? NodeStatus.Skipped : fails.Contains(result.UniqueId) ? NodeStatus.Error : NodeStatus.Success, result.Status);
            Assert.True(result.Cause is null || broken.Contains(result.Cause));
        }
    }

    [Fact]
    public async Task With_one_thread_nodes_come_in_the_order_in_which_they_became_ready()
    {
        // c2 hangs on the last of the first row, c1 on the first: what became ready first comes first.
        var graph = Graph(("model.a", []), ("model.b", []), ("seed.z", []), ("model.c2", ["seed.z"]), ("model.y", ["model.a"]), ("model.x", ["model.a"]));
        Assert.Equal(["model.a", "model.b", "seed.z", "model.x", "model.y", "model.c2"], (await RunAsync(graph, new ScheduleOptions())).Select(r => r.UniqueId));
    }

    [Fact]
    public async Task A_failure_stops_the_run_when_asked_so_but_for_what_is_on_its_way()
    {
        var graph = Graph(("model.a", []), ("model.b", []), ("model.c", []), ("model.d", []), ("model.e", ["model.d"]));
        var results = await RunAsync(graph, new ScheduleOptions { FailFast = true }, fails: "model.b");
        Assert.Equal([NodeStatus.Success, NodeStatus.Error, NodeStatus.Success, NodeStatus.Skipped, NodeStatus.Skipped], results.Select(r => r.Status));
        Assert.All(results.Skip(3), r => Assert.Equal(NodeScheduler.StoppedMessage, r.Message));
    }

    [Fact]
    public async Task What_comes_right_before_a_node_keeps_it_from_being_built_when_it_fails()
    {
        var graph = Graph(("model.a", []), ("model.b", []), ("model.c", ["model.a"]), ("unit_test.u", ["model.a"]));
        var options = new ScheduleOptions { Before = new Dictionary<string, IReadOnlyList<string>> { ["model.a"] = ["unit_test.u"] }, Stops = new HashSet<NodeStatus> { NodeStatus.Error, NodeStatus.Skipped } };
        var results = await RunAsync(graph, options, fails: "unit_test.u");
        Assert.Equal(["unit_test.u error", "model.a skipped", "model.b success", "model.c skipped"], results.Select(r => $"{r.UniqueId} {r.Status.Word()}"));
        Assert.Equal("unit_test.u", results[^1].Cause);
    }

    [Fact]
    public async Task An_end_without_an_answer_ends_the_run()
    {
        var graph = Graph(("model.a", []), ("model.b", ["model.a"]));
        var scheduler = new NodeScheduler(graph, new HashSet<string> { "model.a", "model.b" }, new ScheduleOptions { Threads = 3 });
        await Assert.ThrowsAsync<InvalidOperationException>(() => scheduler.RunAsync((_, _, _, _) => throw new InvalidOperationException(), TestContext.Current.CancellationToken));
    }

    static async Task<IReadOnlyList<NodeResult>> RunAsync(ManifestGraph graph, ScheduleOptions options, string? fails = null) =>
        await new NodeScheduler(graph, graph.Ids.ToHashSet(StringComparer.Ordinal), options).RunAsync(
            (id, skip, _, _) => Task.FromResult<NodeResult?>(skip is not null
                ? new NodeResult(id, NodeStatus.Skipped) { Cause = skip.Cause, Message = skip.Message }
                : new NodeResult(id, id == fails ? NodeStatus.Error : NodeStatus.Success)),
            TestContext.Current.CancellationToken);

    static ManifestGraph Graph(params (string Id, string[] Parents)[] nodes) => new(nodes.Select(n => (n.Id, (IReadOnlyList<string>)n.Parents)));

    static HashSet<string> Ancestors(ManifestGraph graph, string id)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([id]);
        while (open.TryPop(out var next))
        {
            foreach (var parent in graph.ParentsOf(next).Where(found.Add))
            {
                open.Push(parent);
            }
        }

        return found;
    }
}
