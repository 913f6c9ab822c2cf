namespace LakeAspire.ServiceDefaults.Errors;

/// <summary>Turns a service's own exceptions into answers; the first mapper that knows one wins.</summary>
public interface IExceptionMapper
{
    /// <summary>The answer for an exception, or null when this mapper does not know it.</summary>
    ApiException? Map(Exception exception);
}
