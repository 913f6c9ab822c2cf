using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace Lakehouse.Pipelines.Selection;

/// <summary>Patterns as in a shell: <c>*</c>, <c>?</c>, <c>[abc]</c>, <c>[!abc]</c>.</summary>
internal static class Wildcards
{
    static readonly ConcurrentDictionary<string, Regex> Known = new(StringComparer.Ordinal);

    public static bool Matches(string text, string pattern) =>
        pattern.AsSpan().IndexOfAny("*?[") < 0 ? text == pattern : Known.GetOrAdd(pattern, p => new Regex($@"\A{ToRegex(p, anySlash: true)}\z", RegexOptions.Singleline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))).IsMatch(text);

    /// <summary>Whether a path is one that a glob gives: <c>*</c> stays within a folder, <c>**</c> does not.</summary>
    public static bool MatchesPath(string path, string pattern) =>
        Known.GetOrAdd("path:" + pattern, _ => new Regex($@"\A{PathRegex(pattern)}\z", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))).IsMatch(path);

    static string PathRegex(string pattern)
    {
        var parts = pattern.Trim('/').Split('/').Where(p => p is not ("" or ".")).ToArray();
        var regex = new StringBuilder();
        for (var i = 0; i < parts.Length; i++)
        {
            regex.Append(parts[i] == "**" ? i == parts.Length - 1 ? ".*" : "(?:.*/)?" : ToRegex(parts[i], anySlash: false));
            if (i < parts.Length - 1 && parts[i] != "**")
            {
                regex.Append('/');
            }
        }

        return regex.ToString();
    }

    static string ToRegex(string pattern, bool anySlash)
    {
        var regex = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*':
                    regex.Append(anySlash ? ".*" : "[^/]*");
                    break;
                case '?':
                    regex.Append(anySlash ? "." : "[^/]");
                    break;
                case '[' when pattern.IndexOf(']', Math.Min(i + 2, pattern.Length)) is var end && end > 0:
                    var set = pattern[(i + 1)..end];
                    var not = set.StartsWith('!');
                    regex.Append('[').Append(not ? "^" : "").Append((not ? set[1..] : set).Replace("\\", @"\\", StringComparison.Ordinal).Replace("^", @"\^", StringComparison.Ordinal)).Append(']');
                    i = end;
                    break;
                default:
                    regex.Append(Regex.Escape(pattern[i].ToString()));
                    break;
            }
        }

        return regex.ToString();
    }
}
