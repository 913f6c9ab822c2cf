using System.Text;
using System.Text.Json;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Skipping;

/// <summary>A column of the filter, and where its statistics go.</summary>
/// <param name="Field">The field, as the filter knows it.</param>
/// <param name="Column">The column.</param>
/// <param name="Slot">Number of its statistics.</param>
sealed record FilteredColumn(BoundField Field, DeltaField Column, int Slot)
{
    /// <summary>Whether the column was single precision once, so that a bound may have fewer digits than the values have now.</summary>
    public bool WasFloat { get; } = Column.TypeChanges.Any(change => change is { From: DeltaPrimitive { Name: "float" }, FieldPath: null });

    /// <summary>Engines fill such texts up with blanks when they read them, which the bounds do not show.</summary>
    public bool IsFixedLength { get; } = CharType.LengthOf(Column) is not null;
}

/// <summary>The columns of a filter by their physical names, as statistics nest them.</summary>
sealed class StatisticsTree
{
    readonly List<(byte[] Name, StatisticsTree Child)> children = [];

    public FilteredColumn? Leaf { get; private set; }

    public void Add(ReadOnlySpan<string> path, FilteredColumn column)
    {
        if (path.IsEmpty)
        {
            Leaf = column;
            return;
        }

        var name = Encoding.UTF8.GetBytes(path[0]);
        var child = children.Find(c => c.Name.AsSpan().SequenceEqual(name)).Child;
        if (child is null)
        {
            child = new StatisticsTree();
            children.Add((name, child));
        }

        child.Add(path[1..], column);
    }

    /// <summary>The child of the property that the reader stands on.</summary>
    public StatisticsTree? Find(ref Utf8JsonReader reader)
    {
        foreach (var (name, child) in children)
        {
            if (reader.ValueTextEquals(name))
            {
                return child;
            }
        }

        return null;
    }
}
