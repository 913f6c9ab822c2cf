namespace Lakehouse.Engine;

/// <summary>Runs DuckDB's blocking calls, which last as long as a query, on threads of their own.</summary>
internal static class EngineThread
{
    /// <summary>As the main thread has: the planner recurses over the expressions of the text.</summary>
    const int StackSize = 8 << 20;

    public static Task<T> RunAsync<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Start(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (OperationCanceledException canceled)
            {
                done.SetCanceled(canceled.CancellationToken);
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    public static void Start(Action work) => new Thread(work.Invoke, StackSize) { IsBackground = true, Name = "DuckDB query" }.Start();
}
