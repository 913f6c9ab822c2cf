namespace Lakehouse.Storage.Remote;

/// <summary>How remote stores are talked to.</summary>
internal static class RemoteHttp
{
    /// <summary>The slowest transfer that is waited for.</summary>
    const long BytesPerSecond = 128 * 1024;

    static readonly TimeSpan Least = TimeSpan.FromSeconds(20);

    public static SocketsHttpHandler Handler() => new()
    {
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = 64,
    };

    /// <summary>How long one call that moves that many bytes may take.</summary>
    public static TimeSpan LimitOf(long bytes) => Least + TimeSpan.FromSeconds(bytes / (double)BytesPerSecond);

    /// <summary>Makes one call in bounded time; one that takes longer got no answer.</summary>
    public static async Task<T> CallAsync<T>(string what, long bytes, Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(LimitOf(bytes));
        try
        {
            return await call(limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw RemoteFailure.NoAnswer(what, e is { InnerException: TimeoutException inner } ? inner : null);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw RemoteFailure.NoAnswer(what, e);
        }
    }
}
