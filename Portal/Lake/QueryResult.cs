namespace LakeAspire.Portal.Lake;

public enum CellKind
{
    Text,
    Number,
    Time,
    Boolean,
    Nested,
}

public sealed record ResultColumn(string Name, string Type)
{
    public CellKind Kind { get; } = KindOf(Type);

    static CellKind KindOf(string type)
    {
        var name = type.ToUpperInvariant();
        if (name.EndsWith(']') || name.StartsWith("STRUCT", StringComparison.Ordinal) || name.StartsWith("MAP", StringComparison.Ordinal) || name.StartsWith("LIST", StringComparison.Ordinal))
        {
            return CellKind.Nested;
        }

        return name.Split('(', ' ')[0] switch
        {
            "TINYINT" or "SMALLINT" or "INTEGER" or "INT" or "BIGINT" or "HUGEINT" or "UTINYINT" or "USMALLINT" or "UINTEGER" or "UBIGINT" or "UHUGEINT"
                or "DECIMAL" or "FLOAT" or "DOUBLE" or "REAL" or "LONG" or "NUMERIC" => CellKind.Number,
            "DATE" or "TIMESTAMP" or "TIMESTAMPTZ" or "TIMESTAMP_S" or "TIMESTAMP_MS" or "TIMESTAMP_NS" or "TIME" => CellKind.Time,
            "BOOLEAN" or "BOOL" => CellKind.Boolean,
            _ => CellKind.Text,
        };
    }
}

/// <summary>Rows of a query as text, exactly as the service wrote them; null is SQL's NULL.</summary>
public sealed record QueryResult(IReadOnlyList<ResultColumn> Columns, IReadOnlyList<string?[]> Rows, long RowCount, bool Truncated, TimeSpan Elapsed);
