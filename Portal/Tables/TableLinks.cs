using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Tables;

/// <summary>Where pages are, relative to the base address.</summary>
internal static class TableLinks
{
    public static string To(TableName table, string? tab = null)
    {
        var query = string.Join('&', new[] { ("branch", table.Branch), ("tab", tab) }.Where(one => one.Item2 is not null).Select(one => $"{one.Item1}={Uri.EscapeDataString(one.Item2!)}"));
        return $"tables/{Uri.EscapeDataString(table.Namespace)}/{Uri.EscapeDataString(table.Name)}{(query.Length == 0 ? "" : "?" + query)}";
    }

    public static string ToSql(string sql, string? branch = null) => "sql?q=" + Uri.EscapeDataString(sql) + (branch is null ? "" : "&branch=" + Uri.EscapeDataString(branch));
}
