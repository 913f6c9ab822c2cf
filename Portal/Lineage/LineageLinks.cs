using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Lineage;

/// <summary>Where lineage is, relative to the base address.</summary>
internal static class LineageLinks
{
    public static string To(TableName table) => "lineage?table=" + Uri.EscapeDataString(table.ToString()) + (table.Branch is null ? "" : "&branch=" + Uri.EscapeDataString(table.Branch));
}
