namespace Lakehouse.Formats.Expressions;

/// <summary>The name of a column, or of a field within structs: the names from the outside in.</summary>
/// <param name="Names">At least one name.</param>
public sealed record ColumnPath(IReadOnlyList<string> Names)
{
    /// <summary>The path of those names.</summary>
    public static ColumnPath Of(params string[] names) => new(names);

    /// <inheritdoc />
    public bool Equals(ColumnPath? other) => other is not null && Names.SequenceEqual(other.Names, StringComparer.Ordinal);

    /// <inheritdoc />
    public override int GetHashCode() => Names.Aggregate(17, (hash, name) => HashCode.Combine(hash, name.GetHashCode(StringComparison.Ordinal)));

    /// <inheritdoc />
    public override string ToString() => string.Join('.', Names);
}
