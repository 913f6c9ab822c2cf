using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Deletes;

/// <summary>Equality deletes of a scan (specification, "Equality Delete Files"): anti-joins of the rows of a group of data files with the keys of the delete files that apply to all of them.</summary>
internal sealed class EqualityDeletes
{
    readonly TableFields fields;
    readonly string table;
    readonly Dictionary<string, string> keysOf = new(StringComparer.Ordinal);

    EqualityDeletes(TableFields fields, string table)
    {
        this.fields = fields;
        this.table = table;
    }

    /// <summary>Functions that the joins use.</summary>
    public List<RelationInput> Inputs { get; } = [];

    /// <summary>Local files that the joins read.</summary>
    public IReadOnlyList<string> Paths { get; private set; } = [];

    /// <summary>Looks at the delete files that apply to the target's files.</summary>
    public static async Task<EqualityDeletes> LoadAsync(
        DuckDbConnection connection, ScanTarget target, TableFields fields, NameMapping? mapping, ILocalFiles localFiles, CancellationToken cancellationToken)
    {
        var deletes = new EqualityDeletes(fields, target.Name);
        var files = target.Files.SelectMany(file => Of(file)).DistinctBy(delete => delete.File.FilePath).ToArray();
        if (files.Length == 0)
        {
            return deletes;
        }

        deletes.Paths = await localFiles.PathsAsync([.. files.Select(delete => delete.File.FilePath)], cancellationToken);
        var layouts = await ParquetLayout.ReadAsync(connection, [.. deletes.Paths.Where((_, i) => !SnapshotRelation.IsAvro(files[i].File))], cancellationToken);
        for (var i = 0; i < files.Length; i++)
        {
            var layout = SnapshotRelation.IsAvro(files[i].File) ? null : layouts[deletes.Paths[i]].WithIds(mapping, files[i].File, target.Name);
            deletes.keysOf[files[i].File.FilePath] = deletes.Keys(files[i], deletes.Paths[i], layout, mapping);
        }

        return deletes;
    }

    /// <summary>The equality deletes that apply to a file.</summary>
    public static IEnumerable<ScanDelete> Of(ScanFile file) => file.Deletes.Where(delete => delete.File.Content == FileContent.EqualityDeletes);

    /// <summary>The columns of the table that the deletes of a file compare.</summary>
    public IEnumerable<NestedField> ColumnsOf(ScanFile file) => Of(file).SelectMany(IdsOf).Distinct().Select(id => Place(id).Column).DistinctBy(column => column.Id);

    /// <summary>The joins, to stand behind a FROM of the rows that are known as <c>r</c>, and the key columns that these rows need beside their own.</summary>
    /// <param name="deletes">The delete files that apply.</param>
    /// <param name="value">The SQL of a top-level column of the data files.</param>
    public (string Joins, IReadOnlyList<string> Keys) Join(IReadOnlyList<ScanDelete> deletes, Func<int, string> value)
    {
        var joins = new List<string>();
        var keys = new Dictionary<int, string>();
        foreach (var (ids, files) in deletes.GroupBy(delete => string.Join(",", IdsOf(delete))).Select(group => (IdsOf(group.First()), group)))
        {
            var name = $"d{joins.Count}";
            foreach (var id in ids)
            {
                var (column, path) = Place(id);
                keys.TryAdd(id, path.Aggregate(value(column.Id), (sql, step) => $"struct_extract({sql}, {SqlText.Literal(step)})"));
            }

            var source = string.Join(" UNION ALL ", files.Select(file => keysOf[file.File.FilePath]).Distinct(StringComparer.Ordinal));
            joins.Add($"ANTI JOIN ({source}) AS {name} ON {string.Join(" AND ", ids.Select(id => Same(id, name)))}");
        }

        return (string.Join(" ", joins), [.. keys.Select(key => $"{key.Value} AS {Alias(key.Key)}")]);
    }

    /// <summary>Null equals null and NaN equals NaN, while the zeros differ, as in Iceberg's own implementation.</summary>
    string Same(int id, string name)
    {
        var same = $"r.{Alias(id)} IS NOT DISTINCT FROM {name}.{Alias(id)}";
        return fields.Find(id)!.Type is PrimitiveType { Name: "float" or "double" } ? $"{same} AND {Sign($"r.{Alias(id)}")} = {Sign($"{name}.{Alias(id)}")}" : same;
    }

    static string Sign(string value) => $"coalesce({value} = 0 AND signbit({value}), false)";

    static string Alias(int id) => $"k{SqlText.Literal(id)}";

    static IReadOnlyList<int> IdsOf(ScanDelete delete) => delete.File.EqualityIds is { Count: > 0 } ids
        ? [.. ids.Order()]
        : throw LakehouseException.InvalidData($"{delete.File.FilePath}: an equality delete file without equality_ids");

    (NestedField Column, IReadOnlyList<string> Path) Place(int id) => fields.Place(id)
        ?? throw LakehouseException.Unsupported($"Unsupported: table {table} has equality deletes by field {id}, which none of its schemas has.");

    /// <summary>The keys that a delete file holds, brought to the newest types of their columns.</summary>
    string Keys(ScanDelete delete, string path, FileLayout? layout, NameMapping? mapping)
    {
        var places = IdsOf(delete).Select(id => (Id: id, Place: Place(id))).ToArray();
        NestedField[] columns = [.. places.Select(place => place.Place.Column).DistinctBy(column => column.Id)];
        foreach (var (id, place) in places)
        {
            if (layout is not null && layout.Find(place.Column.Id) is var column && (column is null || (place.Path.Count > 0 && !Holds(column, id))))
            {
                throw LakehouseException.InvalidData($"{delete.File.FilePath}: an equality delete file without field {id} of its equality_ids");
            }
        }

        var file = new ScanFile(delete.File, 0, 0, null, PartitionSpec.Unpartitioned, []);
        var shape = layout is null ? FileShape.OfAvro(columns, file, mapping, fields) : FileShape.Of(columns, file, layout, fields);
        var (source, input) = shape.From([path], delete.File.RecordCount);
        if (input is not null)
        {
            Inputs.Add(input);
        }

        var keys = places.Select(p => $"{p.Place.Path.Aggregate(shape[p.Place.Column.Id], (sql, step) => $"struct_extract({sql}, {SqlText.Literal(step)})")} AS {Alias(p.Id)}");
        return $"SELECT {string.Join(", ", keys)} FROM {source} AS f";
    }

    static bool Holds(FileColumn column, int id) => column.FieldId == id || column.Children.Any(child => Holds(child, id));
}
