using System.Text.RegularExpressions;

namespace LakeAspire.Golden.Tests;

/// <summary>The few words of Spark's SQL in the golden filters that DuckDB spells in another way. The session's zone is UTC for both, so that a bare TIMESTAMP needs no care.</summary>
internal static partial class SparkSql
{
    public static string ToDuckDb(string sql)
    {
        sql = ZonelessLiteral().Replace(sql, "TIMESTAMP '");
        sql = HexLiteral().Replace(sql, match => $"from_hex('{match.Groups["hex"].Value}')");
        sql = Backticks().Replace(sql, match => $"\"{match.Groups["name"].Value}\"");
        return sql.Replace("<=>", "IS NOT DISTINCT FROM", StringComparison.Ordinal).Replace("as string)", "as varchar)", StringComparison.OrdinalIgnoreCase);
    }

    [GeneratedRegex(@"\btimestamp_ntz\s*'", RegexOptions.IgnoreCase)]
    private static partial Regex ZonelessLiteral();

    [GeneratedRegex(@"\bX'(?<hex>[0-9a-f]*)'", RegexOptions.IgnoreCase)]
    private static partial Regex HexLiteral();

    [GeneratedRegex("`(?<name>[^`]*)`")]
    private static partial Regex Backticks();
}
