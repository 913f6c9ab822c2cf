using System.Reflection;
using Aspire.Hosting;

namespace LakeAspire.Hosting.Testing;

/// <summary>
/// Runs an AppHost's entry point under the control of a test: it halts when it has made its builder until the test wants the application, and where it would run the application
/// it waits until the test has disposed of it.
/// </summary>
internal sealed class TestScope(Assembly entryAssembly)
{
    static readonly AsyncLocal<TestScope?> Ambient = new();

    readonly TaskCompletionSource<IDistributedApplicationBuilder> created = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource<DistributedApplication> built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly ManualResetEventSlim mayBuild = new();

    public static TestScope? Current => Ambient.Value;

    public Assembly EntryAssembly => entryAssembly;

    /// <summary>Starts the entry point; returns its builder.</summary>
    public Task<IDistributedApplicationBuilder> StartAsync(string[] args)
    {
        var thread = new Thread(() => RunEntryPoint(args)) { IsBackground = true, Name = $"{entryAssembly.GetName().Name} under test" };
        Ambient.Value = this;
        thread.Start();
        Ambient.Value = null;
        return created.Task;
    }

    /// <summary>Lets the entry point go on; returns its application.</summary>
    public Task<DistributedApplication> BuildAsync()
    {
        mayBuild.Set();
        return built.Task;
    }

    public void OnCreated(IDistributedApplicationBuilder builder) => created.TrySetResult(builder);

    public void OnBuilding() => mayBuild.Wait();

    public void OnBuilt(DistributedApplication app) => built.TrySetResult(app);

    public Task RunAsync(DistributedApplication app, CancellationToken cancellationToken)
    {
        built.TrySetResult(app);
        return disposed.Task.WaitAsync(cancellationToken);
    }

    public void OnDisposed() => disposed.TrySetResult();

    /// <summary>Waits until the entry point has returned: what it disposes of at its end is free then.</summary>
    public Task WaitForEndAsync() => ended.Task;

    void RunEntryPoint(string[] args)
    {
        try
        {
            // A top-level program's real entry point waits for the asynchronous one.
            var entry = entryAssembly.EntryPoint ?? throw new InvalidOperationException($"{entryAssembly.GetName().Name} has no entry point.");
            var code = entry.Invoke(obj: null, entry.GetParameters().Length == 0 ? [] : [args]) is int result ? result : 0;
            Fail(new InvalidOperationException($"{entryAssembly.GetName().Name} ended with exit code {code} before it built an application."));
        }
        catch (TargetInvocationException error)
        {
            Fail(error.InnerException!);
        }
        finally
        {
            ended.TrySetResult();
        }
    }

    void Fail(Exception error)
    {
        created.TrySetException(error);
        built.TrySetException(error);
    }
}
