using System.Text.RegularExpressions;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>Puts the queries of ephemeral models in front of a query.</summary>
internal static partial class CommonTableExpressions
{
    public static string NameOf(string model) => $"__dbt__cte__{model}";

    public static string Prepend(string sql, IReadOnlyList<(string Name, string Sql)> expressions)
    {
        if (expressions.Count == 0)
        {
            return sql;
        }

        var all = string.Join(",", expressions.Select(e => $" {e.Name} as (\n{e.Sql}\n)"));
        var with = With().Match(sql);
        return with.Success
            ? $"{sql[..with.Length]} {all},{sql[with.Length..]}"
            : $"with{all} {sql}";
    }

    /// <summary>White space and comments, then <c>with</c>.</summary>
    [GeneratedRegex(@"^(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)*with\b(?:(?:\s|--[^\n]*(?:\n|$)|/\*.*?\*/)+recursive\b)?", RegexOptions.IgnoreCase | RegexOptions.Singleline, 5000)]
    private static partial Regex With();
}
