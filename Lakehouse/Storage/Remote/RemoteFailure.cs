using Lakehouse.Formats;

namespace Lakehouse.Storage.Remote;

/// <summary>A call to a remote store that failed.</summary>
/// <param name="kind">What kind of failure.</param>
/// <param name="message">For people; holds no secret.</param>
/// <param name="isRetryable">Whether the same call may succeed at once or soon.</param>
/// <param name="inner">The cause.</param>
internal sealed class RemoteFailure(LakehouseErrorKind kind, string message, bool isRetryable, Exception? inner = null) : LakehouseException(kind, message, inner)
{
    public bool IsRetryable { get; } = isRetryable;

    /// <summary>A call that got no answer in time, or whose connection broke: it may have been carried out.</summary>
    public static RemoteFailure NoAnswer(string what, Exception? inner) =>
        new(LakehouseErrorKind.Unavailable, $"the store gave no answer to {what}: {inner?.Message ?? "it took too long"}", isRetryable: true, inner);
}
