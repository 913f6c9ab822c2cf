using Aspire.Hosting;

namespace LakeAspire.Hosting.Running;

/// <summary>Failures to start that a person can do something about, as one line.</summary>
internal static class StartFailure
{
    public static string? Describe(Exception error) => error is DistributedApplicationException ? $"error: {error.Message}" : null;
}
