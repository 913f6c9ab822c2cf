using Lakehouse.Engine.Deletes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>A table as SQL: a relation over exactly the given data files less their deleted rows, its columns resolved by field id.</summary>
/// <param name="Sql">The relation in parentheses, to stand in a FROM clause or in CREATE VIEW … AS FROM.</param>
/// <param name="Paths">The local files that it reads, each once.</param>
public sealed record SnapshotRelation(string Sql, IReadOnlyList<string> Paths)
{
    /// <summary>
    /// Functions that the SQL uses. They are registered with the database of the connection that the relation was built with (unless <see cref="ScanTarget.RegistersInputs"/> is off);
    /// another database that reads it needs them registered too. <see cref="RelationInputs"/> takes them to another process.
    /// </summary>
    public IReadOnlyList<RelationInput> Inputs { get; init; } = [];

    /// <summary>
    /// Makes the relation. Renamed, added, dropped and widened columns are right at every depth (specification, "Column Projection"): what a file does not hold comes from its partition, or is
    /// the column's initial default. Position deletes, deletion vectors and equality deletes are applied as the files say. No file gives an empty relation of the same columns.
    /// </summary>
    /// <param name="connection">A trusted connection; looks into the files. Needs no table.</param>
    /// <param name="target">What to read.</param>
    /// <param name="localFiles">Gives the local files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">Unsupported: what the message names; InvalidData: a file contradicts its manifest.</exception>
    public static async Task<SnapshotRelation> BuildAsync(DuckDbConnection connection, ScanTarget target, ILocalFiles localFiles, CancellationToken cancellationToken = default)
    {
        ScanSupport.Check(target);
        var metadataFields = target.MetadataColumns.Select(name => MetadataColumns.FieldOf(name, target.Metadata)).ToArray();
        if (target.Files.Count == 0)
        {
            return new SnapshotRelation(Empty(target.Schema.Fields.Concat(metadataFields), target.FileValues), []);
        }

        var fields = new TableFields(target.Metadata);
        var mapping = NameMapping.Of(target.Metadata);
        var paths = await localFiles.PathsAsync([.. target.Files.Select(file => file.File.FilePath)], cancellationToken);
        var layouts = await ParquetLayout.ReadAsync(connection, [.. paths.Where((_, i) => !IsAvro(target.Files[i].File))], cancellationToken);
        var positions = await PositionDeletes.LoadAsync(connection, target, localFiles, cancellationToken);
        var equality = await EqualityDeletes.LoadAsync(connection, target, fields, mapping, localFiles, cancellationToken);
        var lineage = metadataFields.Where(field => field.Id is MetadataColumns.RowIdField or MetadataColumns.LastUpdatedSequenceNumberField).ToArray();
        var items = new ScanItem[paths.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var file = target.Files[i];
            NestedField[] columns = [.. target.Schema.Fields, .. equality.ColumnsOf(file).Where(column => target.Schema.Fields.All(field => field.Id != column.Id))];
            FileShape shape;
            if (IsAvro(file.File))
            {
                shape = FileShape.OfAvro([.. columns, .. lineage], file, mapping, fields);
            }
            else
            {
                var layout = layouts[paths[i]].WithIds(mapping, file.File, target.Name);
                var absent = await VariantNulls.AbsentAsync(connection, columns, layout, paths[i], $"{file.File.FilePath} of table {target.Name}", cancellationToken);
                shape = FileShape.Of([.. columns, .. lineage.Where(field => layout.Find(field.Id) is not null)], file, layout, fields, absent);
            }

            items[i] = new ScanItem(i, file, paths[i], shape, positions.Of(file));
        }

        var selects = new List<string>();
        var inputs = new List<RelationInput>(equality.Inputs);
        if (SchemaFields.All(target.Schema).Any(item => item.Field.Type == IcebergType.Variant))
        {
            inputs.Add(new VariantSql());
        }

        foreach (var group in items.GroupBy(item => item.Key))
        {
            var (sql, needed) = new ScanGroup(target, equality, [.. group]).Build();
            selects.Add(sql);
            inputs.AddRange(needed);
        }

        foreach (var input in target.RegistersInputs ? inputs : [])
        {
            input.Register(connection);
        }

        return new SnapshotRelation($"({string.Join(" UNION ALL ", selects)})", [.. paths.Concat(equality.Paths).Distinct(StringComparer.Ordinal)]) { Inputs = inputs };
    }

    internal static bool IsAvro(DataFile file) => file.FileFormat == "AVRO";

    static string Empty(IEnumerable<NestedField> fields, IEnumerable<FileValue> values)
    {
        var columns = fields.Select(field => (field.Name, Type: SqlTypes.Of(field.Type))).Concat(values.Select(value => (value.Name, value.Type)));
        return $"(SELECT {string.Join(", ", columns.Select(column => $"CAST(NULL AS {column.Type}) AS {SqlText.Identifier(column.Name)}"))} WHERE false)";
    }
}
