using Lakehouse.Engine.Deletes;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Scans;

/// <summary>A data file with all that is known of how to read it.</summary>
/// <param name="Index">Its place among the files of the target.</param>
/// <param name="File">The file.</param>
/// <param name="Path">Its local path.</param>
/// <param name="Shape">How they become those of the schema.</param>
/// <param name="Deleted">Its deleted positions, or null.</param>
internal sealed record ScanItem(int Index, ScanFile File, string Path, FileShape Shape, PositionBitmap? Deleted)
{
    /// <summary>Equal for files that one SELECT reads. Files without deleted positions are not burdened with looking for some.</summary>
    public string Key => $"{(Deleted is null ? "all" : "kept")}\0{string.Join('|', EqualityDeletes.Of(File).Select(delete => delete.File.FilePath).Order(StringComparer.Ordinal))}\0{Shape.Key}";
}

/// <summary>One SELECT of a relation: over files of one shape to which the same equality deletes apply.</summary>
internal sealed class ScanGroup(ScanTarget target, EqualityDeletes equality, IReadOnlyList<ScanItem> items)
{
    public (string Sql, IReadOnlyList<RelationInput> Inputs) Build()
    {
        var shape = items[0].Shape;
        var inputs = new List<RelationInput>();
        var (source, files) = shape.From([.. items.Select(item => item.Path)], items.Sum(item => item.File.File.RecordCount));
        var from = $"{source} AS f";
        if (files is not null)
        {
            inputs.Add(files);
        }

        if (items[0].Deleted is not null)
        {
            var deleted = new DeletedPositions([.. items.Select(item => item.Deleted!)]);
            inputs.Add(deleted);
            from = $"{from} WHERE {deleted.Condition("f")}";
        }

        var absences = shape.PartlyAbsent.ToDictionary(id => id, id => new DeletedPositions([.. items.Select(item => item.Shape.AbsentOf(id))]));
        inputs.AddRange(absences.Values);
        string Value(int id) => absences.TryGetValue(id, out var absence) ? $"CASE WHEN {absence.Condition("f")} THEN {shape[id]} END" : shape[id];

        var deletes = EqualityDeletes.Of(items[0].File).ToArray();
        var metadata = new MetadataSql(target.Metadata, items);
        (string Name, string Sql)[] further = [.. target.MetadataColumns.Select(name => (name, metadata.Of(name))), .. target.FileValues.Select(value => (value.Name, metadata.Of(value)))];
        string[] columns =
        [
            .. target.Schema.Fields.Select(field => $"{Value(field.Id)} AS {SqlText.Identifier(field.Name)}"),
            .. further.Select(column => $"{column.Sql} AS {SqlText.Identifier(column.Name)}"),
        ];
        if (deletes.Length == 0)
        {
            var isAll = shape.IsPlain && further.Length == 0 && items.Count > 1;
            return ($"SELECT {(isAll ? "*" : string.Join(", ", columns))} FROM {from}", inputs);
        }

        // The rows are numbered columns here, so that no name of the table meets those of the keys.
        var names = target.Schema.Fields.Select(field => field.Name).Concat(further.Select(column => column.Name)).ToArray();
        var (joins, keys) = equality.Join(deletes, id => shape[id]);
        string[] rows =
        [
            .. target.Schema.Fields.Select((field, i) => $"{Value(field.Id)} AS o{SqlText.Literal(i)}"),
            .. further.Select((column, i) => $"{column.Sql} AS o{SqlText.Literal(target.Schema.Fields.Count + i)}"),
            .. keys,
        ];
        var outputs = names.Select((name, i) => $"r.o{SqlText.Literal(i)} AS {SqlText.Identifier(name)}");
        return ($"SELECT {string.Join(", ", outputs)} FROM (SELECT {string.Join(", ", rows)} FROM {from}) AS r {joins}", inputs);
    }
}
