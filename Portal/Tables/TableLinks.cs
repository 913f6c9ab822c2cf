using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Tables;

/// <summary>Where pages are, relative to the base address.</summary>
internal static class TableLinks
{
    public static string To(TableName table, string? tab = null) =>
        $"tables/{Uri.EscapeDataString(table.Namespace)}/{Uri.EscapeDataString(table.Name)}" + (tab is null ? "" : "?tab=" + tab);

    public static string ToSql(string sql) => "sql?q=" + Uri.EscapeDataString(sql);
}
