using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>Constraints of contracts as SQL of a table's definition.</summary>
internal static class Constraints
{
    /// <summary>The columns with their types and constraints: a list of definitions.</summary>
    public static JinjaList Columns(object? columns)
    {
        var lines = new List<object?>();
        foreach (var column in Values(columns))
        {
            var name = Named(column, "name");
            var shown = column.TryGet("quote", out var quote) && Truth.Of(quote) ? $"\"{name}\"" : name;
            var constraints = column.TryGet("constraints", out var listed) ? Items(listed).OfType<JinjaDict>().Select(OfColumn).Where(c => c.Length > 0) : [];
            lines.Add(string.Join(' ', new[] { shown, Named(column, "data_type") }.Concat(constraints)));
        }

        return new JinjaList(lines);
    }

    /// <summary>Constraints of the table as a whole.</summary>
    public static JinjaList Model(object? constraints) => new(Items(constraints).OfType<JinjaDict>().Select(OfModel).Where(c => c.Length > 0));

    static string OfColumn(JinjaDict constraint) => Type(constraint) switch
    {
        "check" when Expression(constraint) is { Length: > 0 } expression => $"check ({expression})",
        "not_null" => Join("not null", Expression(constraint)),
        "unique" => Join("unique", Expression(constraint)),
        "primary_key" => Join("primary key", Expression(constraint)),
        "foreign_key" => References(constraint) is { Length: > 0 } references ? references : Join("references", Expression(constraint)),
        "custom" => Expression(constraint),
        _ => "",
    };

    static string OfModel(JinjaDict constraint)
    {
        var prefix = Named(constraint, "name") is { Length: > 0 } name ? $"constraint {name} " : "";
        var columns = constraint.TryGet("columns", out var listed) ? string.Join(", ", Items(listed).Select(Text.Of)) : "";
        return Type(constraint) switch
        {
            "check" when Expression(constraint) is { Length: > 0 } expression => $"{prefix}check ({expression})",
            "unique" => $"{prefix}{Join($"unique ({columns})", Expression(constraint))}",
            "primary_key" => $"{prefix}{Join($"primary key ({columns})", Expression(constraint))}",
            "foreign_key" when References(constraint) is { Length: > 0 } references => $"{prefix}foreign key ({columns}) {references}",
            "foreign_key" => $"{prefix}foreign key ({columns}) references {Expression(constraint)}",
            "custom" => $"{prefix}{Expression(constraint)}",
            _ => "",
        };
    }

    static string References(JinjaDict constraint) => Named(constraint, "to") is { Length: > 0 } to
        ? $"references {to} ({(constraint.TryGet("to_columns", out var columns) ? string.Join(", ", Items(columns).Select(Text.Of)) : "")})"
        : "";

    static string Join(string keyword, string expression) => expression.Length > 0 ? $"{keyword} {expression}" : keyword;

    static string Type(JinjaDict constraint) => Named(constraint, "type").ToLowerInvariant();

    static string Expression(JinjaDict constraint) => Named(constraint, "expression");

    static string Named(JinjaDict dict, string key) => dict.TryGet(key, out var value) && value is not null and not Undefined ? Text.Of(value) : "";

    static IEnumerable<JinjaDict> Values(object? columns) => columns is JinjaDict dict ? dict.Values.OfType<JinjaDict>() : Items(columns).OfType<JinjaDict>();

    static IEnumerable<object?> Items(object? value) => value is null or Undefined ? [] : Iteration.Of(value);
}
