using LakeAspire.ServiceDefaults.Errors;
using Microsoft.Net.Http.Headers;

namespace LakeAspire.Catalog.Http;

/// <summary>Marks a route that answers in another form than JSON.</summary>
/// <param name="MediaType">The form.</param>
internal sealed record AnswersIn(string MediaType);

/// <summary>406 for whoever accepts nothing that the route can answer with, before anything is done. Without <c>Accept</c>, or with one that nobody can read, everything is accepted.</summary>
internal static class AcceptedForms
{
    const string Json = "application/json";
    static readonly string[] Roots = ["/iceberg", "/api"];

    public static void UseAcceptedForms(this WebApplication app) => app.Use(static (context, next) =>
    {
        var request = context.Request;
        if (context.GetEndpoint() is { } endpoint && Roots.Any(root => request.Path.StartsWithSegments(root, StringComparison.Ordinal))
            && MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted) && accepted.Count > 0)
        {
            var form = endpoint.Metadata.GetMetadata<AnswersIn>()?.MediaType ?? Json;
            if (!Allows(accepted, form))
            {
                throw new ApiException(406, $"{request.Path} answers in {form}, which Accept excludes.", "NotAcceptableException");
            }
        }

        return next(context);
    });

    /// <summary>The most specific range that a form is in says whether it is accepted.</summary>
    static bool Allows(IList<MediaTypeHeaderValue> accepted, string form)
    {
        var wanted = new MediaTypeHeaderValue(form);
        var ranges = accepted.Where(range => wanted.IsSubsetOf(new MediaTypeHeaderValue(range.MediaType))).ToList();
        return ranges.Count > 0 && ranges.MaxBy(range => range.MatchesAllTypes ? 0 : range.MatchesAllSubTypes ? 1 : 2)!.Quality is null or > 0;
    }
}
