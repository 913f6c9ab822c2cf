using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>What files have in common that one SELECT reads: the columns taken from partition values, and those to be rebuilt because names within them differ.</summary>
internal sealed class FileShape : IEquatable<FileShape>
{
    readonly IReadOnlyDictionary<int, string> constants;
    readonly IReadOnlyDictionary<int, NestedRecipe> recipes;
    readonly string key;

    FileShape(IReadOnlyDictionary<int, string> constants, IReadOnlyDictionary<int, NestedRecipe> recipes)
    {
        this.constants = constants;
        this.recipes = recipes;
        key = string.Join('\0', constants.Select(c => $"{c.Key}={c.Value}").Concat(recipes.Select(r => $"{r.Key}:{r.Value.FileType}")));
    }

    public static FileShape Of(Schema schema, ScanFile file, IReadOnlySet<int> renamed, ParquetLayout? layout)
    {
        var constants = new Dictionary<int, string>();
        for (var i = 0; i < file.Spec.Fields.Count; i++)
        {
            var field = file.Spec.Fields[i];
            var column = schema.Fields.FirstOrDefault(c => c.Id == field.SourceId);
            if (column is not null && field.Transform.Kind == TransformKind.Identity && MayLack(file.File, field.SourceId))
            {
                constants[column.Id] = SqlText.Literal(file.File.Partition[i], column.Type);
            }
        }

        var recipes = new Dictionary<int, NestedRecipe>();
        foreach (var column in schema.Fields.Where(column => renamed.Contains(column.Id)))
        {
            if (layout?.Child(column.Id) is { } inFile)
            {
                recipes[column.Id] = NestedRecipe.Of(column.Type, inFile);
            }
        }

        return new FileShape(constants, recipes);
    }

    public string Select(Schema schema, IReadOnlyList<string> paths)
    {
        var read = schema.Fields.Where(field => !constants.ContainsKey(field.Id)).Select(field =>
            $"{SqlText.Literal(field.Id)}: {{name: {SqlText.Literal(field.Name)}, type: {SqlText.Literal(recipes.TryGetValue(field.Id, out var recipe) ? recipe.FileType : SqlTypes.Of(field.Type))}, default_value: NULL}}").ToArray();

        // A file of which every column is a partition value still has its rows.
        var schemaMap = read.Length == 0 ? "" : $", schema = MAP {{{string.Join(", ", read)}}}";
        var from = $"read_parquet({SqlText.Literal(paths)}, hive_partitioning = false{schemaMap})";
        if (constants.Count == 0 && recipes.Count == 0)
        {
            return $"SELECT * FROM {from}";
        }

        var items = schema.Fields.Select(field =>
        {
            var name = SqlText.Identifier(field.Name);
            return constants.TryGetValue(field.Id, out var constant) ? $"{constant} AS {name}"
                : recipes.TryGetValue(field.Id, out var recipe) ? $"{recipe.Build($"f.{name}")} AS {name}"
                : $"f.{name}";
        });
        return $"SELECT {string.Join(", ", items)} FROM {from} AS f";
    }

    public bool Equals(FileShape? other) => other is not null && key == other.key;

    public override bool Equals(object? obj) => Equals(obj as FileShape);

    public override int GetHashCode() => key.GetHashCode(StringComparison.Ordinal);

    /// <summary>The value of an identity partition is the column's value in every row, so it may stand for the column wherever the file's metrics don't show the column.</summary>
    static bool MayLack(DataFile file, int fieldId) => file.ValueCounts is not { } counts || !counts.ContainsKey(fieldId);
}
