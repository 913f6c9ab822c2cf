using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Schemas;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Delta;

/// <summary>A version of a Delta table as SQL: a relation over exactly the given data files less their deleted rows.</summary>
/// <param name="Sql">The relation in parentheses, to stand in a FROM clause or in CREATE VIEW … AS FROM.</param>
/// <param name="Paths">The local files that it reads, each once.</param>
public sealed record DeltaRelation(string Sql, IReadOnlyList<string> Paths)
{
    /// <summary>
    /// Functions that the SQL uses. They are registered with the database of the connection that the relation was built with (unless <see cref="DeltaScan.RegistersInputs"/> is off);
    /// another database that reads it needs them registered too.
    /// </summary>
    public IReadOnlyList<RelationInput> Inputs { get; init; } = [];

    /// <summary>
    /// Makes the relation. Columns are found by name, physical name or field id as the table maps them, at every depth; what a file lacks is null; narrower values of older files are widened;
    /// partition values come from the log. Timestamps need a connection whose time zone is UTC. No file gives an empty relation of the same columns.
    /// </summary>
    /// <param name="connection">A trusted connection; looks into files where names don't tell enough. Needs no table.</param>
    /// <param name="store">Where deletion vectors lie.</param>
    /// <param name="scan">What to read.</param>
    /// <param name="localFiles">Gives the local files.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">Unsupported or InvalidData, naming what.</exception>
    public static Task<DeltaRelation> BuildAsync(DuckDbConnection connection, IObjectStore store, DeltaScan scan, ILocalFiles localFiles, CancellationToken cancellationToken = default) =>
        BuildAsync(connection, store, scan, [.. scan.Files.Select(file => new DeltaPart(file, []))], [], localFiles, cancellationToken);

    internal static async Task<DeltaRelation> BuildAsync(
        DuckDbConnection connection, IObjectStore store, DeltaScan scan, IReadOnlyList<DeltaPart> parts, IReadOnlyList<(string Name, string Type)> extra, ILocalFiles localFiles, CancellationToken cancellationToken)
    {
        if (scan.Snapshot.Schema.Fields.Count == 0)
        {
            throw LakehouseException.InvalidData($"Version {scan.Snapshot.Version} of table {scan.Snapshot.Location} cannot be read: the table has no columns.");
        }

        if (parts.Count == 0)
        {
            return new DeltaRelation(Empty(scan, extra), []);
        }

        var paths = await localFiles.PathsAsync([.. parts.Select(part => part.File.Location)], cancellationToken);
        var names = new FieldNames(scan.Snapshot);
        var nodes = names.NeedsFiles ? await ParquetNode.ReadAsync(connection, paths, cancellationToken) : null;
        var deleted = await DeletedAsync(store, scan.Snapshot, parts, cancellationToken);
        var items = parts.Select((part, i) => new DeltaItem(part.File, paths[i], NodeOf(nodes, paths[i]), deleted[i], part.Extra)).ToArray();
        var selects = new List<string>();
        var inputs = new List<RelationInput>();
        if (FieldNames.HasVariant(scan.Snapshot.Schema))
        {
            inputs.Add(new VariantSql());
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = items[i] with { Absent = await AbsentAsync(connection, scan.Snapshot, names, items[i], cancellationToken) };
            }
        }

        foreach (var group in items.GroupBy(item => DeltaGroup.Key(scan, names, item, extra)))
        {
            var (sql, needed) = DeltaGroup.Build(scan, names, [.. group], extra);
            selects.Add(sql);
            foreach (var input in needed)
            {
                inputs.Add(input);
            }
        }

        foreach (var input in scan.RegistersInputs ? inputs : [])
        {
            input.Register(connection);
        }

        return new DeltaRelation($"({string.Join(" UNION ALL ", selects)})", [.. paths.Distinct(StringComparer.Ordinal)]) { Inputs = inputs };
    }

    static async Task<IReadOnlyDictionary<string, PositionBitmap>> AbsentAsync(DuckDbConnection connection, DeltaSnapshot snapshot, FieldNames names, DeltaItem item, CancellationToken cancellationToken)
    {
        var absent = new Dictionary<string, PositionBitmap>(StringComparer.Ordinal);
        foreach (var field in snapshot.Schema.Fields.Where(field => field.Type == DeltaType.Variant))
        {
            if (names.Find(field, item.Node) is { } inFile && await VariantNulls.AbsentAsync(connection, inFile.Name, item.Path, cancellationToken) is { } rows)
            {
                absent.Add(field.Name, rows);
            }
        }

        foreach (var field in snapshot.Schema.Fields.Where(field => field.Type is not DeltaPrimitive && FieldNames.HasVariant(field.Type)))
        {
            if (names.Find(field, item.Node) is { } inFile)
            {
                await VariantNulls.CheckNestedAsync(inFile.Name, item.Path, $"column {field.Name} of {item.File.Path} of table {snapshot.Location}", cancellationToken);
            }
        }

        return absent;
    }

    static ParquetNode? NodeOf(IReadOnlyDictionary<string, ParquetNode>? nodes, string path) =>
        nodes is null ? null : nodes.TryGetValue(path, out var node) ? node : throw LakehouseException.InvalidData($"{path}: its schema cannot be read");

    static async Task<PositionBitmap?[]> DeletedAsync(IObjectStore store, DeltaSnapshot snapshot, IReadOnlyList<DeltaPart> parts, CancellationToken cancellationToken)
    {
        const int AtOnce = 8;
        var deleted = new PositionBitmap?[parts.Count];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, parts.Count).Where(i => parts[i].Only is not null || parts[i].Without is not null),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (i, token) =>
            {
                var part = parts[i];
                var without = part.Without is { } vector ? await DeletionVectorReader.ReadAsync(store, snapshot.Location, vector, token) : new PositionBitmap();
                if (part.Only is { } chosen)
                {
                    var kept = await DeletionVectorReader.ReadAsync(store, snapshot.Location, chosen, token);
                    kept.ExceptWith(without);
                    without = new PositionBitmap();
                    without.AddRange(0, part.Rows);
                    without.ExceptWith(kept);
                }

                deleted[i] = without;
            });
        return deleted;
    }

    static string Empty(DeltaScan scan, IReadOnlyList<(string Name, string Type)> extra)
    {
        var columns = scan.Snapshot.Schema.Fields.Select(field => (field.Name, Type: DeltaSqlTypes.Of(field.Type)))
            .Concat(scan.MetadataColumns.Select(name => (Name: name, Type: name == DeltaMetadataColumns.File ? "VARCHAR" : "BIGINT")))
            .Concat(extra);
        return $"(SELECT {string.Join(", ", columns.Select(column => $"CAST(NULL AS {column.Type}) AS {SqlText.Identifier(column.Name)}"))} WHERE false)";
    }
}

/// <summary>A file of a relation.</summary>
/// <param name="File">The file.</param>
/// <param name="Extra">Values of further columns, as SQL; null where the file itself has the column.</param>
internal sealed record DeltaPart(DeltaFile File, IReadOnlyList<string?> Extra)
{
    /// <summary>The vector whose rows are left out.</summary>
    public DeletionVectorDescriptor? Without { get; init; } = File.DeletionVector;

    /// <summary>The vector whose rows alone are read; null reads all.</summary>
    public DeletionVectorDescriptor? Only { get; init; }

    /// <summary>Rows of the file; counts with <see cref="Only"/> alone.</summary>
    public long Rows { get; init; }
}
