namespace Lakehouse.Tables.Tests.Properties;

/// <summary>A table as a plain list of rows: what every reader has to see.</summary>
internal sealed class TableModel
{
    int keys = 1;

    public TableModel(Random random)
    {
        Columns = [new ModelColumn(0, "id", "long", Formats.Iceberg.IcebergType.Long)];
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            Columns.Add(NewColumn(random));
        }
    }

    public List<ModelColumn> Columns { get; }

    public List<Dictionary<int, string?>> Rows { get; set; } = [];

    public static long IdOf(Dictionary<int, string?> row) => long.Parse(row[0]!, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A column; names come again after they were dropped.</summary>
    public ModelColumn NewColumn(Random random)
    {
        string name;
        do
        {
            name = "c" + random.Next(8);
        }
        while (Columns.Exists(column => column.Name == name));
        return ModelColumn.Random(random, keys++, name);
    }

    public List<Dictionary<int, string?>> NewRows(Random random, int count, int ids) => [.. Enumerable.Range(0, count).Select(_ =>
        Columns.ToDictionary(column => column.Key, column => column.Key == 0 ? random.Next(ids).ToString(System.Globalization.CultureInfo.InvariantCulture) : column.Value(random)))];

    /// <summary>Rows as a query.</summary>
    public string Query(IReadOnlyList<Dictionary<int, string?>> rows) => rows.Count == 0
        ? $"SELECT {string.Join(", ", Columns.Select(column => $"{column.Literal(null)} AS {column.Name}"))} WHERE false"
        : string.Join(" UNION ALL ", rows.Select(row => $"SELECT {string.Join(", ", Columns.Select(column => $"{column.Literal(row[column.Key])} AS {column.Name}"))}"));

    /// <summary>Each row as one text, in order.</summary>
    public IReadOnlyList<string> Texts() => [.. Rows.Select(row => string.Join('|', Columns.Select(column => row[column.Key] ?? "∅"))).Order(StringComparer.Ordinal)];

    /// <summary>The query that gives <see cref="Texts"/> of a relation.</summary>
    public string TextQuery(string relation) => $"SELECT {string.Join(" || '|' || ", Columns.Select(column => $"coalesce(CAST({column.Name} AS VARCHAR), '∅')"))} FROM {relation}";

    /// <summary>A condition, in SQL and for rows of the model.</summary>
    public (string Sql, Func<Dictionary<int, string?>, bool> Holds) Condition(Random random, string qualifier = "")
    {
        var column = Columns[random.Next(Columns.Count)];
        var (m, r) = (random.Next(2, 6), random.Next(6));
        var low = random.Next(60);
        switch (random.Next(6))
        {
            case 0:
                return ($"{qualifier}id % {m} = {r}", row => IdOf(row) % m == r);
            case 1:
                return ($"{qualifier}{column.Name} IS NULL", row => row[column.Key] is null);
            case 2 when column.Value(random) is { } value:
                return ($"{qualifier}{column.Name} = {column.Literal(value)}", row => row[column.Key] == value);
            case 3 when column.Value(random) is { } other && column.IsPrimitive:
                return ($"({qualifier}{column.Name} <> {column.Literal(other)} AND {qualifier}id >= {low})", row => row[column.Key] is { } own && own != other && IdOf(row) >= low);
            default:
                return ($"{qualifier}id BETWEEN {low} AND {low + 15}", row => IdOf(row) >= low && IdOf(row) <= low + 15);
        }
    }
}
