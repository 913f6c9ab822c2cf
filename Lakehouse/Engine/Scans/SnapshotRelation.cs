using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>What to read of a table.</summary>
/// <param name="Name">Name of the table, for errors.</param>
/// <param name="Metadata">Its metadata, of which the schemas so far are looked at.</param>
/// <param name="Schema">The schema to read with: its columns are those of the relation.</param>
/// <param name="Files">Exactly the files to read.</param>
public sealed record ScanTarget(string Name, TableMetadata Metadata, Schema Schema, IReadOnlyList<ScanFile> Files);

/// <summary>A table as SQL: a relation over exactly the given data files, its columns resolved by field id.</summary>
/// <param name="Sql">The relation in parentheses, to stand in a FROM clause or in CREATE VIEW … AS FROM.</param>
/// <param name="Paths">The local files that it reads, each once.</param>
public sealed record SnapshotRelation(string Sql, IReadOnlyList<string> Paths)
{
    const string NameMapping = "schema.name-mapping.default";

    /// <summary>
    /// Makes the relation. Renamed, added, dropped and widened columns are right at every depth; identity partition values that a file does not hold come from its partition. No file gives an empty relation
    /// of the same columns.
    /// </summary>
    /// <param name="connection">A trusted connection; looks into files when nested fields were renamed. Needs no table.</param>
    /// <param name="target">What to read.</param>
    /// <param name="localFiles">Gives the local files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">Unsupported: delete files, other formats than Parquet, v3 defaults, files without field ids.</exception>
    public static async Task<SnapshotRelation> BuildAsync(DuckDbConnection connection, ScanTarget target, ILocalFiles localFiles, CancellationToken cancellationToken = default)
    {
        ScanSupport.Check(target);
        if (target.Files.Count == 0)
        {
            return new SnapshotRelation(Empty(target.Schema), []);
        }

        var paths = await localFiles.PathsAsync([.. target.Files.Select(file => file.File.FilePath)], cancellationToken);
        var renamed = NestedNames.ChangedColumns(target.Schema, target.Metadata.Schemas);
        var layouts = renamed.Count > 0 || target.Metadata.Properties.ContainsKey(NameMapping)
            ? await ParquetLayout.ReadAsync(connection, paths, target.Name, cancellationToken)
            : null;
        var groups = target.Files
            .Zip(paths, (file, path) => (Path: path, Shape: FileShape.Of(target.Schema, file, renamed, layouts?[path])))
            .GroupBy(file => file.Shape, file => file.Path);
        var selects = groups.Select(group => group.Key.Select(target.Schema, [.. group])).ToArray();
        return new SnapshotRelation($"({string.Join(" UNION ALL ", selects)})", [.. paths.Distinct(StringComparer.Ordinal)]);
    }

    static string Empty(Schema schema) =>
        $"(SELECT {string.Join(", ", schema.Fields.Select(field => $"CAST(NULL AS {SqlTypes.Of(field.Type)}) AS {SqlText.Identifier(field.Name)}"))} WHERE false)";
}
