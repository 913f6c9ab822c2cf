using Lakehouse.Engine.Avro;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Scans;

/// <summary>
/// How the columns of a data file become those of a schema (specification, "Column Projection"). Files of one shape are read by one SELECT.
/// </summary>
internal sealed class FileShape
{
    // DuckDB's own columns of a file; a column of the table by such a name would stand before them.
    static readonly HashSet<string> Reserved = new(["filename", "file_row_number", "file_index"], StringComparer.OrdinalIgnoreCase);

    // More would tell the optimizer nothing; what manifests claim may be absurd.
    const long MaxRows = 1L << 48;

    readonly Dictionary<int, string> expressions = [];
    readonly List<string> reads = [];
    readonly List<(string InFile, string Name)> ownNames = [];
    readonly List<NestedField> avroColumns = [];
    IReadOnlyDictionary<int, PositionBitmap> absent = new Dictionary<int, PositionBitmap>();
    readonly bool byId;
    bool isAvro;
    bool hasOwnNames;
    NameMapping? mapping;
    bool isPlain = true;

    FileShape(bool byId) => this.byId = byId;

    /// <summary>Equal for files that are read alike.</summary>
    public string Key { get; private set; } = "";

    /// <summary>Whether reading gives exactly the columns asked for, in their order.</summary>
    public bool IsPlain => isPlain;

    /// <param name="columns">Top-level columns to read: those of the schema first.</param>
    /// <param name="file">The data file.</param>
    /// <param name="layout">Its columns.</param>
    /// <param name="fields">The fields that the table ever had.</param>
    /// <param name="absent">Rows with a null of SQL, of the optional variant columns that hold nulls of variants in the file.</param>
    public static FileShape Of(IReadOnlyList<NestedField> columns, ScanFile file, FileLayout layout, TableFields fields, IReadOnlyDictionary<int, PositionBitmap>? absent = null)
    {
        var shape = new FileShape(layout.HasIds) { hasOwnNames = AreDistinct(layout), absent = absent ?? new Dictionary<int, PositionBitmap>() };
        var constants = Constants(file, fields);
        var names = new HashSet<string>(Reserved, StringComparer.OrdinalIgnoreCase);
        foreach (var column in columns)
        {
            var inFile = layout.Find(column.Id);
            if (inFile is not null && (layout.HasIds || !constants.ContainsKey(column.Id)) && column.Type != IcebergType.Unknown)
            {
                var name = names.Add(column.Name) ? column.Name : $"c{SqlText.Literal(column.Id)}";
                shape.Read(column, inFile, name, new ColumnRecipes(file.File.FilePath, field => Missing(field, constants), shape.absent.Keys));
            }
            else
            {
                shape.isPlain = false;
                shape.expressions[column.Id] = Missing(column, constants);
            }
        }

        shape.Key = string.Join('\0', [layout.HasIds ? "ids" : "names", .. shape.reads, .. shape.expressions.Select(e => $"{e.Key}={e.Value}"), .. shape.PartlyAbsent.Order().Select(id => SqlText.Literal(id))]);
        return shape;
    }

    /// <summary>The shape of an Avro file: what lies in the file, and how, its reader finds out.</summary>
    public static FileShape OfAvro(IReadOnlyList<NestedField> columns, ScanFile file, NameMapping? mapping, TableFields fields)
    {
        var shape = new FileShape(byId: true) { isAvro = true, isPlain = false, mapping = mapping };
        var constants = Constants(file, fields);
        foreach (var column in columns)
        {
            if (constants.ContainsKey(column.Id) || column.Type == IcebergType.Unknown)
            {
                shape.expressions[column.Id] = Missing(column, constants);
            }
            else
            {
                shape.expressions[column.Id] = $"f.{AvroFiles.ColumnName(shape.avroColumns.Count)}";
                shape.avroColumns.Add(column with { Required = false });
            }
        }

        shape.Key = string.Join('\0', ["avro", .. shape.expressions.Select(e => $"{e.Key}={e.Value}")]);
        return shape;
    }

    /// <summary>
    /// Ids of columns of which some values of the file are null in SQL though <see cref="this[int]"/> gives them another value, that of a null variant; <see cref="AbsentOf"/> tells the rows.
    /// </summary>
    public IEnumerable<int> PartlyAbsent => absent.Where(column => !column.Value.IsEmpty).Select(column => column.Key);

    /// <summary>The rows of this file in which a column of <see cref="PartlyAbsent"/> is null in SQL.</summary>
    public PositionBitmap AbsentOf(int fieldId) => absent[fieldId];

    /// <summary>Whether the files have a value for a column.</summary>
    public bool Has(int fieldId) => expressions.ContainsKey(fieldId);

    /// <summary>The value of a column over a source that is known as <c>f</c>.</summary>
    public string this[int fieldId] => expressions[fieldId];

    /// <summary>The source of the rows. A file of which no column is read still has its rows.</summary>
    /// <param name="paths">The files.</param>
    /// <param name="rows">Rows in all of them.</param>
    public (string Sql, RelationInput? Input) From(IReadOnlyList<string> paths, long rows)
    {
        if (isAvro)
        {
            var files = new AvroFiles($"lakeaspire_avro_{Guid.NewGuid():N}", paths, avroColumns, mapping, rows);
            return ($"{files.Name}()", files);
        }

        // Told what to read, DuckDB opens no file before it has to, and so doesn't know how many row groups a single one has: it would read it with one thread.
        var cardinality = SqlText.Literal(Math.Clamp(rows, 0, MaxRows));
        if (hasOwnNames && paths.Count == 1)
        {
            var columns = ownNames.Select(column => $"{SqlText.Identifier(column.InFile)} AS {SqlText.Identifier(column.Name)}").Append("file_row_number").Append("file_index");
            return ($"(SELECT {string.Join(", ", columns)} FROM read_parquet({SqlText.Literal(paths)}, hive_partitioning = false, explicit_cardinality = {cardinality}))", null);
        }

        var schema = reads.Count > 0 ? string.Join(", ", reads) : "2147483646: {name: 'none', type: 'BOOLEAN', default_value: NULL}";
        return ($"read_parquet({SqlText.Literal(paths)}, hive_partitioning = false, explicit_cardinality = {cardinality}, schema = MAP {{{schema}}})", null);
    }

    void Read(NestedField column, FileColumn inFile, string name, ColumnRecipes recipes)
    {
        var recipe = recipes.Of(column.Type, inFile);
        var key = byId ? SqlText.Literal(column.Id) : SqlText.Literal(inFile.Name);
        reads.Add($"{key}: {{name: {SqlText.Literal(name)}, type: {SqlText.Literal(recipe.FileType)}, default_value: NULL}}");
        expressions[column.Id] = recipe.Build($"f.{SqlText.Identifier(name)}");
        isPlain &= recipe.IsPlain && name == column.Name;

        // Only of primitives is it certain that DuckDB takes the file's type for the same by itself.
        hasOwnNames &= inFile.Type is { } type && type.Replace(" WITH TIME ZONE", "TZ", StringComparison.Ordinal) == recipe.FileType.Replace(" WITH TIME ZONE", "TZ", StringComparison.Ordinal);
        ownNames.Add((inFile.Name, name));
    }

    /// <summary>Whether DuckDB knows the columns of the file by the names that they have there.</summary>
    static bool AreDistinct(FileLayout layout)
    {
        var names = new HashSet<string>(Reserved, StringComparer.OrdinalIgnoreCase);
        return layout.Columns.All(column => column.Name.Length > 0 && names.Add(column.Name));
    }

    static string Missing(NestedField field, Dictionary<int, (string Sql, IcebergType Type)> constants)
    {
        if (!constants.TryGetValue(field.Id, out var constant))
        {
            return DefaultSql.Of(field);
        }

        // Partition values have the newest type of their column; the schema to read with may be older.
        return constant.Type == field.Type ? constant.Sql : $"CAST({constant.Sql} AS {SqlTypes.Of(field.Type)})";
    }

    /// <summary>Values of the columns that the file is partitioned by as they are.</summary>
    static Dictionary<int, (string Sql, IcebergType Type)> Constants(ScanFile file, TableFields fields)
    {
        var constants = new Dictionary<int, (string Sql, IcebergType Type)>();
        for (var i = 0; i < file.Spec.Fields.Count; i++)
        {
            var field = file.Spec.Fields[i];
            if (field.Transform.Kind == TransformKind.Identity && i < file.File.Partition.Count && fields.Find(field.SourceId) is { } source)
            {
                constants[field.SourceId] = (SqlText.Literal(file.File.Partition[i], source.Type), source.Type);
            }
        }

        return constants;
    }
}
