namespace Lakehouse.Rules.Expectations;

/// <summary>Rules about columns.</summary>
static class SchemaRules
{
    static readonly string[] Allowances = ["none", "add", "widen", "any"];

    public static readonly ExpectationRule[] All =
    [
        new ExpectationRule("has_columns", "some columns are there", (expectation, a) =>
        {
            var wanted = a.Columns("columns");
            return new SchemaCheck(expectation, (columns, _) => Named("missing", wanted.Where(name => !columns.Any(c => Same(c.Name, name)))));
        }),
        new ExpectationRule("columns_equal", "these columns are there and no others", (expectation, a) =>
        {
            var (wanted, inOrder) = (a.Columns("columns"), a.Flag("in_order"));
            return new SchemaCheck(expectation, (columns, _) => Named("missing", wanted.Where(name => !columns.Any(c => Same(c.Name, name))))
                ?? Named("not expected", columns.Select(c => c.Name).Where(name => !wanted.Any(w => Same(w, name))))
                ?? (inOrder && !columns.Select(c => c.Name).SequenceEqual(wanted, StringComparer.OrdinalIgnoreCase) ? $"the order is {string.Join(", ", columns.Select(c => c.Name))}" : null));
        }),
        new ExpectationRule("column_type", "the column has a type", (expectation, a) =>
        {
            var (name, type) = (expectation.Column ?? throw a.Wrong("stands under a column"), a.Text("type"));
            return new SchemaCheck(expectation, (columns, _) => columns.FirstOrDefault(c => Same(c.Name, name)) is { Name: not null } found
                ? Same(found.Type, type) ? null : $"{name} is {found.Type}"
                : $"there is no column {name}");
        }),
        new ExpectationRule("schema_drift", "the columns are those of the version before, or differ as allowed", (expectation, a) =>
        {
            var allow = a.TextOrNull("allow") ?? "none";
            return Allowances.Contains(allow)
                ? new SchemaCheck(expectation, (columns, before) => before is null || allow == "any" ? null : Drift(columns, before, allow))
                : throw a.Wrong($"allow '{allow}': it is one of {string.Join(", ", Allowances)}");
        }),
    ];

    /// <summary>What changed beyond what is allowed. Widening allows new columns too.</summary>
    static string? Drift(IReadOnlyList<(string Name, string Type)> columns, IReadOnlyList<(string Name, string Type)> before, string allow)
    {
        var gone = before.Where(old => !columns.Any(c => Same(c.Name, old.Name))).Select(old => old.Name);
        var come = columns.Where(c => !before.Any(old => Same(old.Name, c.Name))).Select(c => c.Name);
        var changed = columns.Select(c => (c.Name, c.Type, Old: before.FirstOrDefault(old => Same(old.Name, c.Name)).Type)).Where(c => c.Old is not null && !Same(c.Old, c.Type));
        return Named("gone", gone)
            ?? (allow == "none" ? Named("new", come) : null)
            ?? Named("of another type", changed.Where(c => allow != "widen" || !IsWider(c.Old, c.Type)).Select(c => $"{c.Name} ({c.Old} to {c.Type})"));
    }

    static readonly string[] Integers = ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT"];

    /// <summary>Whether every value of one type is a value of the other.</summary>
    static bool IsWider(string from, string to) =>
        (Array.IndexOf(Integers, from) is >= 0 and var small && Array.IndexOf(Integers, to) > small)
        || (from == "FLOAT" && to == "DOUBLE")
        || (Decimal(from) is var (p, s) && Decimal(to) is var (q, t) && t >= s && q - t >= p - s);

    static (int Precision, int Scale)? Decimal(string type) =>
        type.StartsWith("DECIMAL(", StringComparison.Ordinal) && type[8..^1].Split(',') is [var precision, var scale] && int.TryParse(precision, out var p) && int.TryParse(scale, out var s) ? (p, s) : null;

    static bool Same(string one, string other) => string.Equals(one, other, StringComparison.OrdinalIgnoreCase);

    static string? Named(string what, IEnumerable<string> names) => names.ToList() is { Count: > 0 } found ? $"{what}: {string.Join(", ", found)}" : null;
}
