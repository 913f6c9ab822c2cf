namespace Lakehouse.Storage.Azure;

/// <summary>Signs requests.</summary>
internal interface IAzureAuthorization
{
    /// <summary>Adds what the service wants to see, once everything else of the request is set.</summary>
    ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken);
}
