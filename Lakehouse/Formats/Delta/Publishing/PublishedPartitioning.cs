using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Delta.Publishing;

/// <summary>
/// How the published table is partitioned: as the Iceberg table is where every field of its only spec is an identity that Delta can say, and not at all otherwise, which is right since data files
/// hold their partition columns too.
/// </summary>
/// <param name="Columns">The partition columns in order, each with its position in the spec; none = unpartitioned.</param>
internal sealed record PublishedPartitioning(IReadOnlyList<(PublishedNode Column, int Position)> Columns)
{
    public static PublishedPartitioning None { get; } = new([]);

    public bool IsNone => Columns.Count == 0;

    /// <summary>Logical names, as <c>partitionColumns</c> has them.</summary>
    public IReadOnlyList<string> Names => [.. Columns.Select(item => item.Column.Name)];

    /// <summary>The partitioning of a table; a table that was ever partitioned otherwise has files that do not fit one spec.</summary>
    public static PublishedPartitioning Of(TableMetadata metadata, PublishedSchema schema)
    {
        if (metadata.PartitionSpecs is not [{ Fields: { Count: > 0 } fields }] || fields.Count == schema.Columns.Count)
        {
            return None;
        }

        var columns = new List<(PublishedNode, int)>();
        for (var i = 0; i < fields.Count; i++)
        {
            if (fields[i].Transform.Kind != TransformKind.Identity || schema.Column(fields[i].SourceId) is not { } column || !IsSaid(column.Source) || columns.Any(known => known.Item1.Id == column.Id))
            {
                return None;
            }

            columns.Add((column, i));
        }

        return new PublishedPartitioning(columns);
    }

    /// <summary>The partition values of a file by physical name; null when one of them has no text in Delta.</summary>
    public IReadOnlyDictionary<string, string?>? ValuesOf(DataFile file)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var (column, position) in Columns)
        {
            if (position >= file.Partition.Count)
            {
                return null;
            }

            string? text = null;
            if (file.Partition[position] is { } value && (text = Text(column.Source, value)) is null)
            {
                return null;
            }

            values[column.Physical] = text;
        }

        return values;
    }

    // Floating-point numbers and bytes have several texts, timestamps several meanings.
    private static bool IsSaid(IcebergType type) => type is DecimalType || type is PrimitiveType { Name: "boolean" or "int" or "long" or "date" or "string" };

    /// <summary>A value as the log has it; null when there is no such text: the empty text means null there.</summary>
    private static string? Text(IcebergType type, object value) => value switch
    {
        string text => text.Length == 0 ? null : text,
        int days when type == IcebergType.Date => days is >= -719162 and <= 2932896 ? ValueText.Date(days) : null,
        int or long or bool or Int128 => ValueText.Of(type, value),
        _ => null,
    };
}
