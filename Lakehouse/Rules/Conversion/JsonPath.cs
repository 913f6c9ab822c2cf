using System.Text;
using System.Text.Json;

namespace Lakehouse.Rules.Conversion;

/// <summary>Paths into JSON, and the structure that takes several of them out of a document in one pass.</summary>
internal static class JsonPath
{
    /// <summary>JSON pointer (RFC 6901) of a path.</summary>
    public static string Pointer(IReadOnlyList<string> path) =>
        string.Concat(path.Select(name => "/" + name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)));

    /// <summary>Structure for <c>json_transform</c> that holds the value at each path as JSON. No path may be a part of another.</summary>
    public static string Structure(IEnumerable<IReadOnlyList<string>> paths)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, [.. paths.Distinct(PathComparer.Instance)], level: 0);
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    static void Write(Utf8JsonWriter json, List<IReadOnlyList<string>> paths, int level)
    {
        json.WriteStartObject();
        foreach (var group in paths.GroupBy(p => p[level]))
        {
            json.WritePropertyName(group.Key);
            if (group.First().Count == level + 1)
            {
                json.WriteStringValue("JSON");
            }
            else
            {
                Write(json, [.. group], level + 1);
            }
        }

        json.WriteEndObject();
    }

    sealed class PathComparer : IEqualityComparer<IReadOnlyList<string>>
    {
        public static readonly PathComparer Instance = new();

        public bool Equals(IReadOnlyList<string>? x, IReadOnlyList<string>? y) => x is not null && y is not null && x.SequenceEqual(y);

        public int GetHashCode(IReadOnlyList<string> path) => path.Aggregate(23, HashCode.Combine);
    }
}
