using System.Text.RegularExpressions;

namespace Lakehouse.Tables.Folders;

/// <summary>Filters as people write them. Besides DuckDB's SQL a few words of Spark's are understood: <c>TIMESTAMP_NTZ '…'</c>, <c>X'…'</c>, <c>&lt;=&gt;</c> and names in backticks.</summary>
public static partial class FilterText
{
    /// <summary>The filter in DuckDB's SQL. What stands in quotes is left as it is.</summary>
    public static string ToDuckDb(string sql) => Words().Replace(sql, match => match switch
    {
        _ when match.Groups["ntz"].Success => "TIMESTAMP " + match.Groups["text"].Value,
        _ when match.Groups["hex"].Success => $"from_hex('{match.Groups["hex"].Value}')",
        _ when match.Groups["tick"].Success => $"\"{match.Groups["tick"].Value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ when match.Groups["same"].Success => "IS NOT DISTINCT FROM",
        _ => match.Value,
    });

    // Literals and quoted names are matched whole, so that nothing within them is taken for a word.
    [GeneratedRegex("""\bX'(?<hex>[0-9a-f]*)'|\b(?<ntz>timestamp_ntz)\s*(?<text>'(?:[^']|'')*')|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?<tick>[^`]*)`|(?<same><=>)""", RegexOptions.IgnoreCase)]
    private static partial Regex Words();
}
