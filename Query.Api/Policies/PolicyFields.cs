using LakeAspire.Query.Resolution;
using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Policies;

/// <summary>A field of the state that is read.</summary>
/// <param name="Path">Its names, from the column inwards.</param>
/// <param name="Field">The field.</param>
internal sealed record FieldPlace(IReadOnlyList<string> Path, NestedField Field)
{
    /// <summary>SQL of its value in a relation with the table's columns.</summary>
    public string Sql => Path.Skip(1).Aggregate(SqlText.Identifier(Path[0]), StructMask.FieldOf);
}

/// <summary>
/// Which fields of the state that is read are those that a policy named. A field is the same when its id is, whatever it is called; but two branches, or a table that was set back, may give one id to different fields, so that
/// an id counts only where the history of the table's names bears it out.
/// </summary>
internal sealed class PolicyFields
{
    const char Separator = '\u001f';

    readonly List<FieldPlace> places;
    readonly ILookup<int, string> today;
    readonly ILookup<int, string> read;

    /// <param name="today">The metadata whose columns the policy named.</param>
    /// <param name="read">The metadata of the state that is read.</param>
    /// <param name="schema">The schema that is read.</param>
    public PolicyFields(TableMetadata today, TableMetadata read, Schema schema)
    {
        places = [.. Below(schema.Fields, [])];
        this.today = NamesOf(today);
        this.read = NamesOf(read);
    }

    /// <summary>The field that an expression means; null when it is not there, or cannot be told.</summary>
    public FieldPlace? Find(ResolvedField field) =>
        today[field.Id].Contains(Name(field.Path), StringComparer.OrdinalIgnoreCase) && today[field.Id].Intersect(read[field.Id], StringComparer.OrdinalIgnoreCase).Any()
            ? places.Find(place => place.Field.Id == field.Id) : null;

    /// <summary>
    /// The fields that a mask hides: the one that it was set on, and whatever bears, or ever bore, a name of that one, so that neither a renamed column nor one that took its place shows what was to be hidden.
    /// Those that it was set on itself come first. Null when such a field may lie in something that cannot be looked into, or nothing was ever there.
    /// </summary>
    public IReadOnlyList<(FieldPlace Place, bool IsItself)>? FindMasked(ResolvedField field)
    {
        var names = today[field.Id].Concat(read[field.Id]).Append(Name(field.Path)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var ids = today.Concat(read).Where(one => one.Any(names.Contains)).Select(one => one.Key).ToHashSet();
        if (ids.Count == 0)
        {
            return null;
        }

        var itself = Find(field);
        var found = places.Where(place => ids.Contains(place.Field.Id) || names.Contains(Name(place.Path))).Select(place => (place, IsItself: ReferenceEquals(place, itself))).OrderByDescending(one => one.IsItself).ToList();
        return places.Exists(place => place.Field.Type is not StructType && names.Any(name => name.StartsWith(Name(place.Path) + Separator, StringComparison.OrdinalIgnoreCase))) ? null : found;
    }

    static string Name(IEnumerable<string> path) => string.Join(Separator, path);

    /// <summary>All paths that a field was ever called by.</summary>
    static ILookup<int, string> NamesOf(TableMetadata metadata) =>
        metadata.Schemas.SelectMany(schema => Below(schema.Fields, [])).Select(place => (place.Field.Id, Name: Name(place.Path))).Distinct().ToLookup(one => one.Id, one => one.Name);

    /// <summary>Columns and what lies in structs; fields of lists and maps are part of their column.</summary>
    static IEnumerable<FieldPlace> Below(IReadOnlyList<NestedField> fields, IReadOnlyList<string> around)
    {
        foreach (var field in fields)
        {
            IReadOnlyList<string> path = [.. around, field.Name];
            yield return new FieldPlace(path, field);
            if (field.Type is StructType structure)
            {
                foreach (var below in Below(structure.Fields, path))
                {
                    yield return below;
                }
            }
        }
    }
}
