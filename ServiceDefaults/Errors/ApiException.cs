namespace LakeAspire.ServiceDefaults.Errors;

/// <summary>An expected error of a request, with the answer that it gets.</summary>
/// <param name="status">HTTP status, 400 to 599.</param>
/// <param name="message">What is wrong, where, and what to do; shown to the caller.</param>
/// <param name="type">Name of the kind of error.</param>
/// <param name="extension">Further members of the error body.</param>
public sealed class ApiException(int status, string message, string type = "BadRequestException", IReadOnlyDictionary<string, object?>? extension = null)
    : Exception(message)
{
    /// <summary>HTTP status.</summary>
    public int Status => status;

    /// <summary>Name of the kind of error.</summary>
    public string Type => type;

    /// <summary>Whether the same request would be answered so again as long as nobody changes anything; false when another try may succeed.</summary>
    public bool IsFinal { get; init; } = true;

    /// <summary>Further members of the error body.</summary>
    public IReadOnlyDictionary<string, object?>? Extension => extension;
}
