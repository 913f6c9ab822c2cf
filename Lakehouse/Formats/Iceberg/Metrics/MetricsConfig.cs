using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

/// <summary>The metrics modes of a table's columns.</summary>
public sealed class MetricsConfig
{
    private const string ColumnPrefix = "write.metadata.metrics.column.";
    private const string DefaultProperty = "write.metadata.metrics.default";
    private const string MaxInferredProperty = "write.metadata.metrics.max-inferred-column-defaults";
    private const int DefaultMaxInferred = 100;

    private readonly Dictionary<int, MetricsMode> modes;
    private readonly MetricsMode fallback;

    private MetricsConfig(Dictionary<int, MetricsMode> modes, MetricsMode fallback) => (this.modes, this.fallback) = (modes, fallback);

    /// <summary>
    /// The modes that a table's properties give. Without a default, only the first 100 columns (<c>write.metadata.metrics.max-inferred-column-defaults</c>) have metrics;
    /// columns that the table is sorted by have bounds. A malformed mode counts as not set, as other writers take it.
    /// </summary>
    public static MetricsConfig Of(TableMetadata metadata)
    {
        var schema = metadata.CurrentSchema;
        var given = metadata.Properties.TryGetValue(DefaultProperty, out var text) ? MetricsMode.TryParse(text) : null;
        var fields = SchemaFields.All(schema).Where(item => item.Field.Type is PrimitiveType).ToList();
        var modes = new Dictionary<int, MetricsMode>();
        if (given is null)
        {
            var max = metadata.Properties.TryGetValue(MaxInferredProperty, out var limit) && int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : DefaultMaxInferred;
            foreach (var (field, _) in fields.Take(max))
            {
                modes[field.Id] = MetricsMode.Default;
            }
        }

        foreach (var sort in metadata.DefaultSortOrder.Fields.Where(sort => !modes.TryGetValue(sort.SourceId, out var mode) ? given is not { HasBounds: true } : !mode.HasBounds))
        {
            modes[sort.SourceId] = MetricsMode.Default;
        }

        foreach (var (field, name) in fields)
        {
            if (metadata.Properties.TryGetValue(ColumnPrefix + name, out var own) && MetricsMode.TryParse(own) is { } mode)
            {
                modes[field.Id] = mode;
            }
        }

        return new MetricsConfig(modes, given ?? new MetricsMode(MetricsModeKind.None));
    }

    /// <summary>The mode of a column.</summary>
    public MetricsMode ModeOf(int fieldId) => modes.TryGetValue(fieldId, out var mode) ? mode : fallback;
}
