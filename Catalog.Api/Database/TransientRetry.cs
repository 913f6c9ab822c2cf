using Npgsql;

namespace LakeAspire.Catalog.Database;

/// <summary>Tries a read again on PostgreSQL's transient errors. Writes are not for it: one whose answer was lost may have happened.</summary>
internal static class TransientRetry
{
    const int Attempts = 3;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<T> RunAsync<T>(TimeProvider time, Func<Task<T>> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await read();
            }
            catch (Exception exception) when (attempt < Attempts && IsTransient(exception))
            {
                await Task.Delay(Pause * attempt * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
            }
        }
    }

    /// <summary>EF wraps what the driver threw when it believes that a retry would help.</summary>
    static bool IsTransient(Exception exception) => exception is NpgsqlException { IsTransient: true } or InvalidOperationException { InnerException: NpgsqlException { IsTransient: true } };
}
