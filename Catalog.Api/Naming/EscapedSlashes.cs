using LakeAspire.ServiceDefaults.Errors;
using Microsoft.AspNetCore.Http.Features;

namespace LakeAspire.Catalog.Naming;

/// <summary>
/// Names with slashes in routes. A server leaves <c>%2F</c> as it is, lest it divide a segment: once the route is known, the values in it are what the names are. No name holds the escape itself
/// (<see cref="Lakehouse.Formats.NameRules"/>), and a path that escapes it twice is refused, so that no two paths mean one name.
/// </summary>
internal static class EscapedSlashes
{
    const string Slash = "%2F";

    public static void UseEscapedSlashes(this WebApplication app) => app.Use(static (context, next) =>
    {
        foreach (var (key, value) in context.Request.RouteValues)
        {
            if (value is string text && text.Contains(Slash, StringComparison.OrdinalIgnoreCase))
            {
                if (IsTwice(context))
                {
                    throw CatalogErrors.BadRequest("the path escapes a slash twice: a slash in a name is written %2F");
                }

                context.Request.RouteValues[key] = text.Replace(Slash, "/", StringComparison.OrdinalIgnoreCase);
            }
        }

        return next(context);
    });

    static bool IsTwice(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return target.AsSpan(0, query < 0 ? target.Length : query).Contains("%252F", StringComparison.OrdinalIgnoreCase);
    }
}
