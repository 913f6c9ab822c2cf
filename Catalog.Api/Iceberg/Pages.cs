using System.Buffers.Text;
using System.Text;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Paging of lists (rest-catalog-open-api.yaml, "PageToken"): a token is the last name of the page before. Without one, everything is answered at once.</summary>
internal static class Pages
{
    const int MaxSize = 1000;
    const int DefaultSize = 100;

    /// <summary>What to read: names after <c>After</c>, one more than <c>Size</c>; a size of null is everything.</summary>
    internal readonly record struct Page(string After, int? Size)
    {
        public int Limit => Size is { } size ? size + 1 : int.MaxValue;

        /// <summary>The names of this page, and the token of the next, null on the last.</summary>
        public (IReadOnlyList<string> Names, string? Next) Cut(IReadOnlyList<string> names)
        {
            if (Size is not { } size || names.Count <= size)
            {
                return (names, null);
            }

            var page = names.Take(size).ToList();
            return (page, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(page[^1])));
        }
    }

    public static Page Parse(string? token, int? size)
    {
        if (size is < 1)
        {
            throw CatalogErrors.BadRequest("pageSize must be at least 1");
        }

        if (token is null)
        {
            return new Page("", Size: null);
        }

        try
        {
            return new Page(Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)), Math.Min(size ?? DefaultSize, MaxSize));
        }
        catch (FormatException)
        {
            throw CatalogErrors.BadRequest("pageToken is not one that this catalog gave");
        }
    }
}
