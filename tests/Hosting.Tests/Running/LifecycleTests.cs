using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using LakeAspire.Hosting.Processes;

namespace LakeAspire.Hosting.Tests.Running;

public sealed class LifecycleTests
{
    [Fact]
    public async Task A_program_that_ends_well_is_finished()
    {
        await using var test = new TestApp();
        var program = test.AddScript("once", "echo done");
        await test.StartAsync();
        var state = await test.WaitAsync("once", KnownResourceStates.Finished);
        Assert.Equal(0, state.ExitCode);
        Assert.Equal(0, state.Restarts);
        Assert.Contains("done", await test.LogOfAsync(program.Resource), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_crashes_is_started_again_and_says_why()
    {
        await using var test = new TestApp();
        test.AddScript("crasher", $"echo x >> {test.Below("starts")}; echo 'no luck today' >&2; exit 3");
        await test.StartAsync();
        var state = await test.WaitAsync("crasher", s => s.State?.Text == "Restarting" && s.Restarts == 2);
        Assert.Equal(3, state.ExitCode);
        Assert.Equal("2 s", state.Properties.Single(p => p.Name == "restart.delay").Value);
        Assert.Equal("no luck today", state.Properties.Single(p => p.Name == "restart.reason").Value);
        Assert.Equal(2, File.ReadAllLines(test.Below("starts")).Length);
    }

    [Fact]
    public async Task A_killed_program_comes_back_with_another_process()
    {
        await using var test = new TestApp();
        test.AddScript("sleeper", "exec sleep 1000");
        await test.StartAsync();
        var before = TestApp.ProcessIdOf(await test.WaitAsync("sleeper", KnownResourceStates.Running));
        UnixSignals.KillGroup(before);
        var after = await test.WaitAsync("sleeper", s => s.State?.Text == KnownResourceStates.Running && s.Restarts == 1);
        Assert.NotEqual(before, TestApp.ProcessIdOf(after));
    }

    [Fact]
    public async Task A_program_with_an_endpoint_is_a_service_and_may_not_end()
    {
        await using var test = new TestApp();
        test.AddScript("service", "exit 0").WithHttpEndpoint();
        await test.StartAsync();
        Assert.Equal(0, (await test.WaitAsync("service", "Restarting")).ExitCode);
    }

    [Fact]
    public async Task What_does_not_exist_fails_to_start()
    {
        await using var test = new TestApp();
        var missing = test.Builder.AddExecutable("missing", test.Below("no-such-program"), test.Folder);
        await test.StartAsync();
        await test.WaitAsync("missing", KnownResourceStates.FailedToStart);
        Assert.Contains("no-such-program does not exist", await test.LogOfAsync(missing.Resource), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_stop_start_and_restart()
    {
        await using var test = new TestApp();
        test.AddScript("sleeper", "exec sleep 1000");
        await test.StartAsync();
        var first = TestApp.ProcessIdOf(await test.WaitAsync("sleeper", KnownResourceStates.Running));

        Assert.True((await test.App.ResourceCommands.ExecuteCommandAsync("sleeper", "stop")).Success);
        Assert.Equal(KnownResourceStates.Finished, test.StateOf("sleeper"));
        Assert.False(UnixSignals.IsAlive(first));

        Assert.True((await test.App.ResourceCommands.ExecuteCommandAsync("sleeper", "start")).Success);
        var second = TestApp.ProcessIdOf(await test.WaitAsync("sleeper", KnownResourceStates.Running));

        Assert.True((await test.App.ResourceCommands.ExecuteCommandAsync("sleeper", "restart")).Success);
        var third = TestApp.ProcessIdOf(await test.WaitAsync("sleeper", s => s.State?.Text == KnownResourceStates.Running && TestApp.ProcessIdOf(s) != second));
        Assert.False(UnixSignals.IsAlive(second));
        Assert.True(UnixSignals.IsAlive(third));
        Assert.False((await test.App.ResourceCommands.ExecuteCommandAsync("sleeper", "dance")).Success);
    }

    [Fact]
    public async Task All_that_a_program_started_ends_with_it()
    {
        await using var test = new TestApp();
        test.AddScript("parent", $"sleep 1000 & echo $! > {test.Below("child.new")}; mv {test.Below("child.new")} {test.Below("child")}; wait");
        await test.StartAsync();
        await Eventually.IsTrueAsync(() => File.Exists(test.Below("child")), "the child has started");
        var child = int.Parse(File.ReadAllText(test.Below("child")), System.Globalization.CultureInfo.InvariantCulture);
        await test.App.ResourceCommands.ExecuteCommandAsync("parent", "stop");
        await Eventually.IsTrueAsync(() => !UnixSignals.IsAlive(child), "the child has ended");
    }

    [Fact]
    public async Task Programs_stop_in_reverse_order_of_their_references()
    {
        await using var test = new TestApp();
        var log = test.Below("order");
        var script = (string name) => $"trap 'sleep 0.3; echo {name} >> {log}; exit 0' TERM; touch {test.Below(name)}; while :; do sleep 0.05; done";
        var bottom = test.AddScript("bottom", script("bottom"));
        var middle = test.AddScript("middle", script("middle")).WaitForStart(bottom);
        test.AddScript("top", script("top")).WaitForStart(middle).WaitForStart(bottom);
        await test.StartAsync();
        await Eventually.IsTrueAsync(() => new[] { "bottom", "middle", "top" }.All(name => File.Exists(test.Below(name))), "all traps are set");
        await test.App.StopAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["top", "middle", "bottom"], File.ReadAllLines(log));
    }

    [Fact]
    public async Task A_program_that_does_not_obey_is_killed()
    {
        using var guardian = new Guardian();
        var lines = new List<string>();
        var spec = new LaunchSpec
        {
            FileName = "/bin/sh", Arguments = ["-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"], WorkingDirectory = "/", StopLimit = TimeSpan.FromSeconds(1),
        };
        using var process = await new ProcessStarter(guardian).StartAsync(spec, (line, _) => { lock (lines) { lines.Add(line); } }, TestContext.Current.CancellationToken);
        await Eventually.IsTrueAsync(() => { lock (lines) { return lines.Contains("ready"); } }, "the trap is set");
        await process.StopAsync();
        Assert.Equal(128 + 9, await process.Exited);
        Assert.Contains("did not stop within 1 s; killed", lines);
    }
}
