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
    /// Functions that the SQL uses. They are registered with the database of the connection that the relation was built with; another database that reads it needs them registered too.
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
            return new SnapshotRelation(Empty(target.Schema.Fields.Concat(metadataFields)), []);
        }

        var fields = new TableFields(target.Metadata);
        var mapping = MappedLayout.Of(target.Metadata, target.Name);
        var paths = await localFiles.PathsAsync([.. target.Files.Select(file => file.File.FilePath)], cancellationToken);
        var layouts = await ParquetLayout.ReadAsync(connection, paths, cancellationToken);
        var positions = await PositionDeletes.LoadAsync(connection, target, localFiles, cancellationToken);
        var equality = await EqualityDeletes.LoadAsync(connection, target, fields, mapping, localFiles, cancellationToken);
        var lineage = metadataFields.Where(field => field.Id is MetadataColumns.RowIdField or MetadataColumns.LastUpdatedSequenceNumberField).ToArray();
        var items = new ScanItem[paths.Count];
        for (var i = 0; i < items.Length; i++)
        {
            var file = target.Files[i];
            var layout = EqualityDeletes.LayoutOf(layouts[paths[i]], mapping, file.File, target.Name);
            NestedField[] columns = [.. target.Schema.Fields, .. equality.ColumnsOf(file).Where(column => target.Schema.Fields.All(field => field.Id != column.Id)), .. lineage.Where(field => layout.Find(field.Id) is not null)];
            items[i] = new ScanItem(file, paths[i], layout, FileShape.Of(columns, file, layout, fields), positions.Of(file));
        }

        var selects = new List<string>();
        var inputs = new List<RelationInput>();
        foreach (var group in items.GroupBy(item => item.Key))
        {
            var (sql, input) = new ScanGroup(target, equality, [.. group]).Build();
            selects.Add(sql);
            if (input is not null)
            {
                input.Register(connection);
                inputs.Add(input);
            }
        }

        return new SnapshotRelation($"({string.Join(" UNION ALL ", selects)})", [.. paths.Concat(equality.Paths).Distinct(StringComparer.Ordinal)]) { Inputs = inputs };
    }

    static string Empty(IEnumerable<NestedField> fields) =>
        $"(SELECT {string.Join(", ", fields.Select(field => $"CAST(NULL AS {SqlTypes.Of(field.Type)}) AS {SqlText.Identifier(field.Name)}"))} WHERE false)";
}
