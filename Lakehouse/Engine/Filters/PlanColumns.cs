using System.Text.RegularExpressions;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Filters;

/// <summary>Finds the columns of a plan, which have names of their own, in the table's schema.</summary>
/// <param name="schema">The schema.</param>
/// <param name="position">Position of a top-level column by its name in the plan.</param>
internal sealed partial class PlanColumns(Schema schema, Func<string, int?> position)
{
    /// <summary>Whether the names within structs can stand in a plan unquoted and mean nothing else; if not, its texts are not to be trusted.</summary>
    public bool ArePrintable { get; } = schema.Fields.All(field => HasPlainNames(field.Type));

    public FilterColumn? Find(IReadOnlyList<string> names)
    {
        if (position(names[0]) is not { } at)
        {
            return null;
        }

        IcebergType type = schema.Fields[at].Type;
        var path = new List<string> { schema.Fields[at].Name };
        foreach (var name in names.Skip(1))
        {
            var alike = (type as StructType)?.Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Take(2).ToList();
            if (alike is not { Count: 1 })
            {
                return null;
            }

            path.Add(alike[0].Name);
            type = alike[0].Type;
        }

        return new FilterColumn(new ColumnPath(path), type as PrimitiveType);
    }

    /// <summary>The name of a top-level column; null when the plan names something else.</summary>
    public string? TopLevel(string name) => position(name.Split('.')[0]) is { } at ? schema.Fields[at].Name : null;

    static bool HasPlainNames(IcebergType type) => type switch
    {
        StructType structure => structure.Fields.All(field => PlainName().IsMatch(field.Name) && HasPlainNames(field.Type)),
        ListType list => HasPlainNames(list.Element),
        MapType map => HasPlainNames(map.Key) && HasPlainNames(map.Value),
        _ => true,
    };

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*\\z", RegexOptions.None, 1000)]
    private static partial Regex PlainName();
}
