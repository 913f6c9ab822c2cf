using System.Globalization;

namespace Lakehouse.Formats.Iceberg;

public sealed partial record TableMetadata
{
    /// <summary>Format version of new tables whose properties don't say otherwise.</summary>
    public const int DefaultFormatVersion = 2;

    /// <summary>Property that gives the format version of a new table; it is not kept among the properties.</summary>
    public const string FormatVersionProperty = "format-version";

    /// <summary>
    /// Metadata of a new, empty table. Columns get fresh ids from 1 on, partition fields from 1000 on; spec and order refer to the ids that <paramref name="schema"/> came with.
    /// </summary>
    /// <param name="location">Base location of the table.</param>
    /// <param name="schema">Columns; their ids only have to be distinct.</param>
    /// <param name="spec">Partitioning; null = none.</param>
    /// <param name="sortOrder">Order; null = none.</param>
    /// <param name="properties">Properties; <c>format-version</c> among them picks the version.</param>
    /// <param name="uuid">Identity of the table.</param>
    /// <param name="now">Time of the change.</param>
    /// <exception cref="LakehouseException">InvalidData names what does not fit.</exception>
    public static TableMetadata Create(
        string location,
        Schema schema,
        PartitionSpec? spec,
        SortOrder? sortOrder,
        IReadOnlyDictionary<string, string>? properties,
        Guid uuid,
        DateTimeOffset now)
    {
        SchemaFields.Check(schema, "schema");
        var ids = FreshIds.Mapping(schema);
        var freshSchema = FreshIds.Assign(schema);
        var fieldId = PartitionSpec.FirstFieldId;
        var freshSpec = new PartitionSpec(0, (spec?.Fields ?? []).Select(field => field with { SourceId = Map(ids, field.SourceId, $"partition field \"{field.Name}\""), FieldId = fieldId++ }).ToList());
        var orderFields = (sortOrder?.Fields ?? []).Select(field => field with { SourceId = Map(ids, field.SourceId, "sort order") }).ToList();
        var freshOrder = orderFields.Count == 0 ? SortOrder.Unsorted : new SortOrder(1, orderFields);
        SpecRules.Check(freshSpec, freshSchema);
        SpecRules.Check(freshOrder, freshSchema);

        var version = DefaultFormatVersion;
        var kept = new Dictionary<string, string>(properties ?? new Dictionary<string, string>(StringComparer.Ordinal), StringComparer.Ordinal);
        if (kept.Remove(FormatVersionProperty, out var text) && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version) || version is < 1 or > 3))
        {
            throw LakehouseException.InvalidData($"property \"{FormatVersionProperty}\" must be 1, 2 or 3, found \"{text}\"");
        }

        return new TableMetadata
        {
            FormatVersion = version,
            TableUuid = uuid,
            Location = location.TrimEnd('/'),
            LastUpdatedMs = now.ToUnixTimeMilliseconds(),
            LastColumnId = SchemaFields.HighestFieldId(freshSchema),
            Schemas = [freshSchema],
            CurrentSchemaId = freshSchema.SchemaId,
            PartitionSpecs = [freshSpec],
            DefaultSpecId = freshSpec.SpecId,
            LastPartitionId = freshSpec.HighestFieldId,
            SortOrders = [freshOrder],
            DefaultSortOrderId = freshOrder.OrderId,
            Properties = kept,
            NextRowId = version >= 3 ? 0 : null,
        };
    }

    /// <summary>The updates that make this metadata out of nothing: for a table that is created within a commit, with requirement <c>assert-create</c>.</summary>
    public IReadOnlyList<TableUpdate> ToCreateUpdates() =>
    [
        new AssignUuid(TableUuid),
        new UpgradeFormatVersion(FormatVersion),
        new SetLocation(Location),
        new AddSchema(CurrentSchema),
        new SetCurrentSchema(TableUpdate.LastAdded),
        new AddPartitionSpec(DefaultSpec),
        new SetDefaultSpec(TableUpdate.LastAdded),
        new AddSortOrder(DefaultSortOrder),
        new SetDefaultSortOrder(TableUpdate.LastAdded),
        .. Properties.Count == 0 ? [] : (IEnumerable<TableUpdate>)[new SetProperties(Properties)],
    ];

    private static int Map(IReadOnlyDictionary<int, int> ids, int sourceId, string what) =>
        ids.TryGetValue(sourceId, out var id) ? id : throw LakehouseException.InvalidData($"{what}: the schema has no column with id {sourceId}");
}
