using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Rules.Conversion;

/// <summary>SQL that converts values of a typed relation (Parquet, CSV) without loss. The value is NULL where it doesn't convert.</summary>
internal static class ValueConversion
{
    /// <summary>Converts <paramref name="x"/>, an expression of DuckDB type <paramref name="sqlType"/> that is cheap to repeat.</summary>
    public static string Of(string x, string sqlType, IcebergType type, string? format)
    {
        var target = SqlTypes.Of(type);
        return sqlType switch
        {
            "JSON" => JsonConversion.Of(x, type, format),
            "VARCHAR" when type is PrimitiveType => TextConversion.Of(x, type, format),
            "VARCHAR" => JsonConversion.Of($"(CASE WHEN json_valid({x}) THEN {x}::JSON END)", type, format),
            _ when sqlType == target => x,
            _ when type == IcebergType.String => $"CAST({x} AS VARCHAR)",

            // Without loss means: cast there and back it is the same.
            _ => $"CASE WHEN TRY_CAST(TRY_CAST({x} AS {target}) AS {sqlType}) IS NOT DISTINCT FROM {x} THEN TRY_CAST({x} AS {target}) END",
        };
    }

    /// <summary>Whether a value is there and does not convert.</summary>
    public static string Fails(string x, string sqlType, string converted) =>
        sqlType == "JSON" ? JsonConversion.Fails(x, converted) : $"({x} IS NOT NULL AND ({converted}) IS NULL)";
}
