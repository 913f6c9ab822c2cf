using System.Text.Json.Nodes;
using LakeAspire.Catalog.Lineage.Events;
using LakeAspire.Catalog.Naming;
using Lakehouse.Formats;
using Lakehouse.Storage;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Lineage.Ingest;

/// <summary>Which datasets are tables of this lake: by its own namespace, by those that others know it by, and by where they lie.</summary>
internal sealed class DatasetNames(IOptions<LineageOptions> options)
{
    /// <summary>A table's name as a dataset's.</summary>
    public DatasetKey Of(TableName table) => new(options.Value.Namespace, table.ToString());

    /// <summary>The table that a dataset's own name says; null when it is a name of others.</summary>
    public TableName? TableOf(DatasetKey key) => key.Namespace == options.Value.Namespace ? Parse(key.Name) : null;

    /// <summary>The table that a dataset is by the name of a catalog that means this one, its own or that of a symlink.</summary>
    public TableName? AliasOf(DatasetMention mention)
    {
        foreach (var key in Symlinks(mention).Where(s => s.Type.Equals("TABLE", StringComparison.OrdinalIgnoreCase)).Select(s => s.Key).Prepend(mention.Key))
        {
            if ((key.Namespace == options.Value.Namespace || options.Value.Aliases.Contains(key.Namespace.TrimEnd('/'), StringComparer.OrdinalIgnoreCase)) && Parse(key.Name) is { } table)
            {
                return table;
            }
        }

        return null;
    }

    /// <summary>Where a dataset may lie: its namespace and name as a location, and those of its symlinks.</summary>
    public static IEnumerable<string> Locations(DatasetMention mention) =>
        Symlinks(mention).Select(s => s.Key).Prepend(mention.Key).Select(Location).OfType<string>().Distinct(StringComparer.Ordinal);

    static IEnumerable<(DatasetKey Key, string Type)> Symlinks(DatasetMention mention) =>
        mention.Facets[FacetRules.Symlinks] is JsonObject facet && !FacetRules.IsDeleted(facet)
            ? ((JsonArray)facet["identifiers"]!).Select(i => (new DatasetKey(i!["namespace"]!.GetValue<string>(), i["name"]!.GetValue<string>()), i["type"]!.GetValue<string>()))
            : [];

    /// <summary><c>file</c> and <c>/a/b</c>, <c>s3://bucket</c> and <c>a/b</c>, as OpenLineage names files; or a name that is a location by itself.</summary>
    static string? Location(DatasetKey key)
    {
        var text = key.Name.Contains("://", StringComparison.Ordinal) ? key.Name
            : key.Namespace is "file" or "file://" ? key.Name.StartsWith('/') ? $"file://{key.Name}" : null
            : key.Namespace.Contains("://", StringComparison.Ordinal) ? $"{key.Namespace.TrimEnd('/')}/{key.Name.TrimStart('/')}"
            : null;
        if (text is null)
        {
            return null;
        }

        text = text.StartsWith("s3a://", StringComparison.Ordinal) || text.StartsWith("s3n://", StringComparison.Ordinal) ? $"s3://{text[6..]}" : text;
        try
        {
            return ObjectStores.Canonical(text.TrimEnd('/'));
        }
        catch (LakehouseException)
        {
            // A kind of place where no table of ours lies.
            return null;
        }
    }

    /// <summary><c>namespace.table</c>, which <c>lake.</c> may precede as in SQL.</summary>
    static TableName? Parse(string name)
    {
        if (!DottedName.TrySplit(name, out var parts))
        {
            return null;
        }

        parts = parts is ["lake", _, _, ..] ? parts[1..] : parts;
        return parts.Length < 2 || parts.Any(p => NameRules.Problem(p) is not null) ? null : TableName.Parse(NamespaceName.Parse(parts[..^1]), parts[^1]);
    }
}
