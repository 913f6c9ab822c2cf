using Lakehouse.Formats.Iceberg;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Access.Policies;

/// <summary>The columns of a table as policies name them: a column, or a field within structs as <c>address.street</c>. As written, else in any case as long as only one is meant.</summary>
internal sealed class PolicyColumns(Schema schema)
{
    readonly Dictionary<int, PolicyField> used = [];

    /// <summary>All that was found so far.</summary>
    public IReadOnlyList<PolicyField> Used => [.. used.Values];

    /// <summary>Whether a column has this name.</summary>
    public bool Has(string column) => Of(schema.Fields, column).Count > 0;

    /// <summary>Finds what a path means and keeps it; what is wrong with the path otherwise.</summary>
    public string? Problem(IReadOnlyList<string> path) => Problem(path, out _);

    /// <summary>Finds what a mask is for: a column whose name is the text, or a path with dots.</summary>
    public string? ProblemOfMask(string text, out PolicyField? field) => Problem(Has(text) ? [text] : text.Split('.'), out field);

    string? Problem(IReadOnlyList<string> path, out PolicyField? found)
    {
        found = null;
        IcebergType around = schema.AsStruct;
        for (var i = 0; i < path.Count; i++)
        {
            var (name, before) = (Shown(path.Take(i + 1)), Shown(path.Take(i)));
            if (around is not StructType structure)
            {
                return around is ListType or MapType
                    ? $"names {name}, which lies within a {(around is ListType ? "list" : "map")}: only the whole column {Shown([path[0]])} can be used or masked"
                    : $"names {name}, but {before} is a {around} and has no fields";
            }

            var fields = Of(structure.Fields, path[i]);
            if (fields.Count != 1)
            {
                return fields.Count == 0 ? $"names a column that the table has not: {name}" : $"names {name}, which more than one column is called when case is ignored";
            }

            around = fields[0].Type;
            if (i == path.Count - 1)
            {
                found = used[fields[0].Id] = used.GetValueOrDefault(fields[0].Id) ?? new PolicyField(Exact(path), fields[0].Id);
            }
        }

        return null;
    }

    /// <summary>The names as the schema spells them.</summary>
    List<string> Exact(IReadOnlyList<string> path)
    {
        var names = new List<string>();
        IcebergType around = schema.AsStruct;
        foreach (var step in path)
        {
            var field = Of(((StructType)around).Fields, step)[0];
            names.Add(field.Name);
            around = field.Type;
        }

        return names;
    }

    static List<NestedField> Of(IReadOnlyList<NestedField> fields, string name)
    {
        var exact = fields.Where(field => field.Name == name).ToList();
        return exact.Count > 0 ? exact : [.. fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))];
    }

    static string Shown(IEnumerable<string> path) => NamespaceName.Shown(string.Join('.', path));
}
