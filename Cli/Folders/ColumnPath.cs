using Lakehouse.Engine;

namespace LakeAspire.Cli.Folders;

/// <summary>Columns as people name them: a column of the table, or a field of a struct as a.b. As in Iceberg's projections a field keeps the structs around it, with the chosen fields only.</summary>
internal static class ColumnPath
{
    /// <summary>The select list over a table named t.</summary>
    /// <exception cref="CliException">There is no such column.</exception>
    public static string Items(IReadOnlyList<string> names, IReadOnlyList<string> known) => string.Join(", ", names
        .Select(name => Split(name, known))
        .GroupBy(path => path[0], StringComparer.Ordinal)
        .Select(top => $"{Value(SqlText.Identifier("t", top.Key), [.. top.Select(path => path[1..])])} AS {SqlText.Identifier(top.Key)}"));

    static string Value(string value, IReadOnlyList<string[]> paths)
    {
        if (paths.Any(path => path.Length == 0))
        {
            return value;
        }

        var fields = paths.GroupBy(path => path[0], StringComparer.Ordinal)
            .Select(field => $"{SqlText.Identifier(field.Key)} := {Value($"struct_extract({value}, {SqlText.Literal(field.Key)})", [.. field.Select(path => path[1..])])}");
        return $"CASE WHEN {value} IS NOT NULL THEN struct_pack({string.Join(", ", fields)}) END";
    }

    static string[] Split(string name, IReadOnlyList<string> known)
    {
        if (Find(name, known) is { } column)
        {
            return [column];
        }

        for (var dot = name.LastIndexOf('.'); dot > 0; dot = name.LastIndexOf('.', dot - 1))
        {
            if (Find(name[..dot], known) is { } top)
            {
                return [top, .. name[(dot + 1)..].Split('.')];
            }
        }

        throw new CliException(ExitCodes.Usage, $"There is no column {name}; there are {string.Join(", ", known)}.");
    }

    static string? Find(string name, IReadOnlyList<string> known) =>
        known.FirstOrDefault(column => column == name) ?? known.FirstOrDefault(column => string.Equals(column, name, StringComparison.OrdinalIgnoreCase));
}
