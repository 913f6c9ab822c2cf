using System.Text.Json;
using LakeAspire.ServiceDefaults.Errors;
using Microsoft.Extensions.Primitives;

namespace LakeAspire.Catalog.Idempotency;

/// <summary>
/// <c>Idempotency-Key</c> (rest-catalog-open-api.yaml): a request that was answered for good is answered so again, and not carried out. The key is taken in the transaction of the commit, so that of two
/// requests with one key, at once, on whichever instances, or after a crash, one commits and both are answered alike. Refusals that the same request would get again are final too; what is not known, or may
/// go better the next time, is not.
/// </summary>
internal sealed class IdempotencyMiddleware(RequestDelegate next, IdempotencyKeys keys, KeptAnswers answers)
{
    public const string HeaderName = "Idempotency-Key";

    public async Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.Headers.TryGetValue(HeaderName, out var header) || context.GetEndpoint()?.Metadata.GetMetadata<IdempotentRoute>() is not { } route)
        {
            await next(context);
            return;
        }

        var key = Parse(header);
        var fingerprint = await RequestFingerprint.OfAsync(context);
        if (await keys.FindAsync(key, context.RequestAborted) is { } known)
        {
            await answers.WriteAsync(context, route, known, fingerprint);
            return;
        }

        var call = new IdempotentCall(key, fingerprint, route.Success, keys.Lifetime);
        IdempotentCall.Current = call;
        try
        {
            await next(context);
        }
        catch (ApiException exception) when (exception.Type == KeptAnswers.KeyUsed || IsFinal(exception))
        {
            if (exception.Type != KeptAnswers.KeyUsed && await keys.AddAsync(call, exception.Status, KeptAnswers.Content(exception), CancellationToken.None))
            {
                throw;
            }

            // Another request with the key was answered first: that answer counts.
            var first = await keys.FindAsync(key, context.RequestAborted) ?? throw CatalogErrors.Unavailable("Another request with this key is being answered: send it again.");
            await answers.WriteAsync(context, route, first, fingerprint);
            return;
        }

        if (call is { IsClaimed: false, Content: { } content })
        {
            await keys.AddAsync(call, call.Success, content, CancellationToken.None);
        }
    }

    static Guid Parse(StringValues header) => header.Count == 1 && Guid.TryParseExact(header[0], "D", out var key) && key.Version == 7 && key.Variant is >= 8 and <= 11
        ? key
        : throw CatalogErrors.BadRequest($"{HeaderName} must be one UUID of version 7, written as 36 characters");

    /// <summary>Whether the same request would be refused so whenever it came: who may do what can change, and so can the load.</summary>
    static bool IsFinal(ApiException exception) => exception is { IsFinal: true, Status: 400 or 404 or 406 or 409 or 412 or 415 or 422 };
}
