using System.Globalization;
using System.Reflection;
using System.Text;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Paging of lists (rest-catalog-open-api.yaml, "PageToken"): a token stands for the last name of the page before. Without one, everything is answered at once.</summary>
internal static class Pages
{
    const int MaxSize = 1000;
    const int DefaultSize = 100;

    /// <summary>What to read: names after <see cref="After"/>, one more than <see cref="Size"/>; a size of null is everything. Bound from the query, and to the list that the rest of the request names.</summary>
    internal sealed class Page
    {
        readonly PageTokens? tokens;
        readonly string list;

        Page(PageTokens? tokens, string list, string after, int? size) => (this.tokens, this.list, After, Size) = (tokens, list, after, size);

        /// <summary>Everything at once.</summary>
        public static Page All { get; } = new(null, "", "", null);

        public string After { get; }

        public int? Size { get; }

        public int Limit => Size is { } size ? size + 1 : int.MaxValue;

        /// <summary>Some names of the same list after another.</summary>
        public Page From(string after, int size) => new(tokens, list, after, size);

        /// <summary>The names of this page, and the token of the next, null on the last.</summary>
        public (IReadOnlyList<string> Names, string? Next) Cut(IReadOnlyList<string> names)
        {
            if (Size is not { } size || names.Count <= size)
            {
                return (names, null);
            }

            var page = names.Take(size).ToList();
            return (page, tokens!.Write(list, page[^1]));
        }

        /// <summary>Binds an endpoint's parameter.</summary>
        public static ValueTask<Page?> BindAsync(HttpContext context, ParameterInfo parameter)
        {
            var query = context.Request.Query;
            var size = SizeOf(query["pageSize"]);
            if (!query.TryGetValue("pageToken", out var token))
            {
                return ValueTask.FromResult<Page?>(All);
            }

            var tokens = context.RequestServices.GetRequiredService<PageTokens>();
            var list = ListOf(context.Request);
            var text = token.ToString();
            return ValueTask.FromResult<Page?>(new Page(tokens, list, text.Length == 0 ? "" : tokens.Read(list, text), Math.Min(size ?? DefaultSize, MaxSize)));
        }

        static int? SizeOf(string? text) => text switch
        {
            null or "" => null,
            _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 => size,
            _ => throw CatalogErrors.BadRequest("pageSize must be a whole number of at least 1"),
        };

        /// <summary>What tells one list from another: the path, and what else the query says.</summary>
        static string ListOf(HttpRequest request)
        {
            var list = new StringBuilder(request.Path.Value);
            foreach (var (key, value) in request.Query.Where(q => q.Key is not ("pageToken" or "pageSize")).OrderBy(q => q.Key, StringComparer.Ordinal))
            {
                list.Append('\n').Append(key).Append('=').Append(value);
            }

            return list.ToString();
        }
    }
}
