using Lakehouse.Engine.Deletes;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Delta;

/// <summary>A data file with all that is known of how to read it.</summary>
/// <param name="File">The file.</param>
/// <param name="Path">Its local path.</param>
/// <param name="Node">Its schema; null when it was not looked into.</param>
/// <param name="Deleted">Its deleted positions; null when none is.</param>
/// <param name="Extra">Values of further columns, as SQL; null where the file itself has the column.</param>
internal sealed record DeltaItem(DeltaFile File, string Path, ParquetNode? Node, PositionBitmap? Deleted, IReadOnlyList<string?> Extra)
{
    /// <summary>Variant columns that hold nulls of variants, which DuckDB has as null, with the rows in which they are null in SQL.</summary>
    public IReadOnlyDictionary<string, PositionBitmap> Absent { get; init; } = new Dictionary<string, PositionBitmap>();
}

/// <summary>One SELECT over files that are read alike. What differs from file to file without being in it (partition values, first row ids) is looked up by the number of the file.</summary>
internal sealed class DeltaGroup
{
    const string MaterializedRowId = "delta.rowTracking.materializedRowIdColumnName";
    const string MaterializedCommitVersion = "delta.rowTracking.materializedRowCommitVersionColumnName";

    readonly DeltaSnapshot snapshot;
    readonly FieldNames names;
    readonly List<string> reads = [];
    readonly List<(string Name, string Sql)> columns = [];
    readonly List<RelationInput> inputs = [];
    readonly HashSet<string> partitions;
    IReadOnlyList<DeltaItem> items = [];

    DeltaGroup(DeltaSnapshot snapshot, FieldNames names)
    {
        this.snapshot = snapshot;
        this.names = names;
        partitions = [.. snapshot.PartitionColumns.Select(column => column.Name)];
    }

    /// <summary>Equal for files that one SELECT reads.</summary>
    public static string Key(DeltaScan scan, FieldNames names, DeltaItem item, IReadOnlyList<(string Name, string Type)> extra)
    {
        var group = new DeltaGroup(scan.Snapshot, names) { items = [item] };
        group.Read(scan);
        group.Read(extra);
        return string.Join('\0', group.reads.Concat(item.Absent.Select(column => $"{column.Key}{(column.Value.IsEmpty ? "" : " and nulls of SQL")}")).Prepend(item.Deleted is null ? "all" : "kept"));
    }

    /// <param name="scan">What is read.</param>
    /// <param name="names">How fields are found.</param>
    /// <param name="items">Files of one <see cref="Key"/>.</param>
    /// <param name="extra">Names and types of the further columns.</param>
    public static (string Sql, IReadOnlyList<RelationInput> Inputs) Build(DeltaScan scan, FieldNames names, IReadOnlyList<DeltaItem> items, IReadOnlyList<(string Name, string Type)> extra)
    {
        var group = new DeltaGroup(scan.Snapshot, names) { items = items };
        group.Read(scan);
        group.Read(extra);
        var select = string.Join(", ", group.columns.Select(column => $"{column.Sql} AS {SqlText.Identifier(column.Name)}"));
        // A file of which no column is read still has its rows.
        var schema = group.reads.Count == 0 ? "'\u0001': {name: 'none', type: 'BOOLEAN', default_value: NULL}" : string.Join(", ", group.reads);
        var sql = $"SELECT {select} FROM read_parquet({SqlText.Literal(items.Select(item => item.Path))}, hive_partitioning = false, schema = MAP {{{schema}}}) AS f";
        if (items[0].Deleted is null)
        {
            return (sql, group.inputs);
        }

        var deleted = new DeletedPositions([.. items.Select(item => item.Deleted!)]);
        return ($"{sql} WHERE {deleted.Condition("f")}", [.. group.inputs, deleted]);
    }

    void Read(DeltaScan scan)
    {
        foreach (var field in snapshot.Schema.Fields)
        {
            columns.Add((field.Name, partitions.Contains(field.Name) ? PartitionValue(field) : Column(field)));
        }

        foreach (var name in scan.MetadataColumns)
        {
            columns.Add((name, name switch
            {
                DeltaMetadataColumns.RowId => Tracked(MaterializedRowId, $"{PerFile(item => Required(item.File.BaseRowId, item, "baseRowId"))} + CAST(f.file_row_number AS BIGINT)"),
                DeltaMetadataColumns.RowCommitVersion => Tracked(MaterializedCommitVersion, PerFile(item => Required(item.File.DefaultRowCommitVersion, item, "defaultRowCommitVersion"))),
                DeltaMetadataColumns.File => PerFile(item => SqlText.Literal(item.File.Location)),
                DeltaMetadataColumns.Position => "CAST(f.file_row_number AS BIGINT)",
                _ => throw LakehouseException.Unsupported($"Unsupported: a Delta table has no metadata column {name}."),
            }));
        }
    }

    void Read(IReadOnlyList<(string Name, string Type)> extra)
    {
        for (var i = 0; i < extra.Count; i++)
        {
            var (number, (name, type)) = (i, extra[i]);
            columns.Add((name, items[0].Extra[number] is null ? Source(name, type) : PerFile(item => item.Extra[number]!)));
        }
    }

    string Column(DeltaField field)
    {
        var root = items[0].Node;
        var node = names.Find(field, root);
        var recipe = root is not null && node is null ? DeltaRecipe.Missing(field.Type) : DeltaRecipe.Of(field.Type, names, node);
        var value = recipe.ReadType is { } type ? recipe.Build(Source(node?.Name ?? names.NameOf(field), type)) : recipe.Build("");
        if (recipe.ReadType != "VARIANT" || !items[0].Absent.TryGetValue(field.Name, out var rows))
        {
            return Filled(field, value);
        }

        var valued = $"coalesce({value}, 'null')";
        if (rows.IsEmpty)
        {
            return valued;
        }

        var absence = new DeletedPositions([.. items.Select(item => item.Absent[field.Name])]);
        inputs.Add(absence);
        return $"CASE WHEN {absence.Condition("f")} THEN {valued} END";
    }

    /// <summary>Reads a column of the file under a name that meets none of DuckDB's own.</summary>
    string Source(string nameInFile, string type)
    {
        var name = $"c{SqlText.Literal(reads.Count)}";
        reads.Add($"{SqlText.Literal(nameInFile)}: {{name: '{name}', type: {SqlText.Literal(type)}, default_value: NULL}}");
        return $"f.{name}";
    }

    /// <summary>A text of a fixed length is filled up with blanks.</summary>
    static string Filled(DeltaField field, string value) =>
        CharType.LengthOf(field) is { } length ? $"CASE WHEN length({value}) < {SqlText.Literal(length)} THEN rpad({value}, {SqlText.Literal(length)}, ' ') ELSE {value} END" : value;

    string PartitionValue(DeltaField field)
    {
        var name = names.NameOf(field);
        return Filled(field, PerFile(item => item.File.PartitionValues.TryGetValue(name, out var text)
            ? DeltaSqlTypes.Literal(DeltaText.ParsePartition(field, text), field.Type)
            : throw LakehouseException.InvalidData($"The file {item.File.Path} of table {snapshot.Location} has no value of the partition column \"{field.Name}\".")));
    }

    /// <summary>The stable value where a writer kept it in the file, else the one that the file gives its rows.</summary>
    string Tracked(string property, string otherwise) => !snapshot.IsEnabled("delta.enableRowTracking")
        ? throw LakehouseException.Unsupported($"Unsupported: row tracking is not enabled in version {snapshot.Version} of table {snapshot.Location}.")
        : snapshot.Metadata.Configuration.TryGetValue(property, out var name) ? $"coalesce({Source(name, "BIGINT")}, {otherwise})" : otherwise;

    string Required(long? value, DeltaItem item, string what) =>
        value is { } number ? SqlText.Literal(number) : throw LakehouseException.InvalidData($"The file {item.File.Path} of table {snapshot.Location} has no {what}, which row tracking needs.");

    /// <summary>A value for each file: a constant where all agree, else looked up.</summary>
    string PerFile(Func<DeltaItem, string> value)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var order = new List<int>(items.Count);
        foreach (var item in items)
        {
            var text = value(item);
            order.Add(numbers.TryGetValue(text, out var number) ? number : numbers[text] = numbers.Count);
        }

        if (numbers.Count == 1)
        {
            return numbers.Keys.First();
        }

        const string File = "CAST(f.file_index AS BIGINT) + 1";
        var index = numbers.Count == items.Count ? File : $"[{string.Join(", ", order.Select(number => SqlText.Literal(number + 1)))}][{File}]";
        return $"[{string.Join(", ", numbers.Keys)}][{index}]";
    }
}
