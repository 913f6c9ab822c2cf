namespace Lakehouse.Engine.Scans;

/// <summary>Variants as JSON text.</summary>
internal static class VariantSql
{
    public static string Json(string value) => $"CAST(CAST({value} AS JSON) AS VARCHAR)";
}
