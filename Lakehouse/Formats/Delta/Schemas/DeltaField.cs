using System.Text.Json;

namespace Lakehouse.Formats.Delta.Schemas;

/// <summary>A column, or a field of a struct (PROTOCOL.md, "Struct Field").</summary>
/// <param name="Name">Its name, as people see it.</param>
/// <param name="Type">Its type.</param>
/// <param name="Nullable">Whether it may be null.</param>
/// <param name="Metadata">All of its metadata, as it stands in JSON; values outlive the document that they were read from.</param>
public sealed record DeltaField(string Name, DeltaType Type, bool Nullable, IReadOnlyDictionary<string, JsonElement> Metadata)
{
    /// <summary>Key of <see cref="ColumnMappingId"/>.</summary>
    public const string IdKey = "delta.columnMapping.id";

    /// <summary>Key of <see cref="PhysicalName"/>.</summary>
    public const string PhysicalNameKey = "delta.columnMapping.physicalName";

    /// <summary>Key of <see cref="TypeChanges"/>.</summary>
    public const string TypeChangesKey = "delta.typeChanges";

    static readonly IReadOnlyDictionary<string, JsonElement> None = new Dictionary<string, JsonElement>(StringComparer.Ordinal);

    /// <summary>A field without metadata.</summary>
    public DeltaField(string name, DeltaType type, bool nullable = true)
        : this(name, type, nullable, None)
    {
    }

    /// <summary>Field id of column mapping; null without.</summary>
    public int? ColumnMappingId => Metadata.TryGetValue(IdKey, out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var number) ? number : null;

    /// <summary>Name in data files, statistics and partition values under column mapping; null without.</summary>
    public string? PhysicalName => Text(PhysicalNameKey);

    /// <summary>Ids of what lies within arrays and maps (<c>delta.columnMapping.nested.ids</c>), by path; empty without.</summary>
    public IReadOnlyDictionary<string, int> NestedIds =>
        Metadata.TryGetValue("delta.columnMapping.nested.ids", out var ids) && ids.ValueKind == JsonValueKind.Object
            ? ids.EnumerateObject().Where(id => id.Value.ValueKind == JsonValueKind.Number && id.Value.TryGetInt32(out _)).ToDictionary(id => id.Name, id => id.Value.GetInt32(), StringComparer.Ordinal)
            : new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Former types of the column and of what lies within it (PROTOCOL.md, "Type Change Metadata").</summary>
    /// <exception cref="LakehouseException">InvalidData.</exception>
    public IReadOnlyList<TypeChange> TypeChanges => Metadata.TryGetValue(TypeChangesKey, out var changes) ? TypeChange.Read(changes, Name) : [];

    /// <summary>SQL expression of a generated column; null without.</summary>
    public string? GenerationExpression => Text("delta.generationExpression");

    /// <summary>SQL expression of the default of new rows; null without.</summary>
    public string? CurrentDefault => Text("CURRENT_DEFAULT");

    /// <summary>Whether the writer generates its values (<c>delta.identity.*</c>).</summary>
    public bool IsIdentity => Metadata.ContainsKey("delta.identity.step");

    /// <inheritdoc />
    public bool Equals(DeltaField? other) =>
        other is not null && Name == other.Name && Nullable == other.Nullable && Type.Equals(other.Type) && Metadata.Count == other.Metadata.Count
        && Metadata.All(item => other.Metadata.TryGetValue(item.Key, out var value) && JsonElement.DeepEquals(item.Value, value));

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Nullable);

    string? Text(string key) => Metadata.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
