using Lakehouse.Engine.Results;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Scans;

/// <summary>A column of a data file, or what lies within one: by name and, where the file or its name mapping tells, by field id.</summary>
/// <param name="FieldId">Field id, or null.</param>
/// <param name="Name">Name in the file; of an element, key or value the word itself.</param>
/// <param name="Type">DuckDB's type of a primitive; null for what has children.</param>
/// <param name="Children">Fields of a struct, the element of a list, key and value of a map.</param>
internal sealed record FileColumn(int? FieldId, string Name, string? Type, IReadOnlyList<FileColumn> Children)
{
    /// <summary>Whether the file has no nulls of it, but for those of what it lies in.</summary>
    public bool IsRequired { get; init; }

    public FileColumn? Child(int fieldId) => Children.FirstOrDefault(child => child.FieldId == fieldId);

    public bool HasIds => FieldId is not null || Children.Any(child => child.HasIds);
}

/// <summary>The columns of a data file.</summary>
/// <param name="Columns">Columns in their order.</param>
/// <param name="HasIds">Whether the file itself holds field ids; otherwise they come from the table's name mapping.</param>
internal sealed record FileLayout(IReadOnlyList<FileColumn> Columns, bool HasIds)
{
    public FileColumn? Find(int fieldId) => Columns.FirstOrDefault(column => column.FieldId == fieldId);
}

/// <summary>Reads the schemas of Parquet files (specification, Appendix A, "Parquet"; Parquet's LogicalTypes, "Nested Types").</summary>
internal static class ParquetLayout
{
    /// <summary>What the file annotates as geometry or geography, which DuckDB then has as a type of its own.</summary>
    public const string Geometry = "GEOMETRY";

    const int MaxDepth = 100;

    /// <summary>The layouts by path. DuckDB keeps the footers that it reads here for the scan itself, where the connection is set so.</summary>
    public static async Task<IReadOnlyDictionary<string, FileLayout>> ReadAsync(DuckDbConnection connection, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, List<Node>>(StringComparer.Ordinal);
        if (paths.Count == 0)
        {
            return new Dictionary<string, FileLayout>();
        }

        var sql = $"""
            SELECT file_name, name, field_id, coalesce(num_children, 0), duckdb_type, coalesce(repetition_type, ''), coalesce(converted_type, ''), coalesce(logical_type, '')
            FROM parquet_schema({SqlText.Literal(paths.Distinct(StringComparer.Ordinal))})
            """;
        await using var result = await connection.QueryAsync(sql, cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    var file = Scalars.Get<string>(batch.Columns[0], row)!;
                    if (!files.TryGetValue(file, out var list))
                    {
                        files[file] = list = [];
                    }

                    var kind = $"{Scalars.Get<string>(batch.Columns[6], row)} {Scalars.Get<string>(batch.Columns[7], row)}";
                    list.Add(new Node(
                        Scalars.Get<string>(batch.Columns[1], row)!,
                        batch.Columns[2].IsNull(row) ? null : (int)Scalars.Get<long>(batch.Columns[2], row),
                        (int)Scalars.Get<long>(batch.Columns[3], row),
                        kind.Contains("GeometryType", StringComparison.Ordinal) || kind.Contains("GeographyType", StringComparison.Ordinal) ? Geometry : Scalars.Get<string>(batch.Columns[4], row),
                        Scalars.Get<string>(batch.Columns[5], row)!,
                        kind.Contains("LIST", StringComparison.OrdinalIgnoreCase),
                        kind.Contains("MAP", StringComparison.OrdinalIgnoreCase)));
                }
            }
        }

        return files.ToDictionary(file => file.Key, file => new Reader(file.Key, file.Value).Read(), StringComparer.Ordinal);
    }

    sealed record Node(string Name, int? Id, int Children, string? Type, string Repetition, bool IsList, bool IsMap)
    {
        public bool IsRepeated => Repetition == "REPEATED";
    }

    /// <summary>Nodes come depth first, each with the number of its children.</summary>
    sealed class Reader(string file, List<Node> nodes)
    {
        int next;

        public FileLayout Read()
        {
            var root = Take(0);
            return new FileLayout(root.Children, root.Children.Any(column => column.HasIds));
        }

        FileColumn Take(int depth)
        {
            if (next >= nodes.Count || depth > MaxDepth)
            {
                throw LakehouseException.InvalidData($"{file}: the Parquet schema is cut off or nested too deeply");
            }

            var node = nodes[next++];
            var children = new FileColumn[node.Children];
            var repeated = next < nodes.Count && nodes[next].IsRepeated;
            var annotated = next < nodes.Count ? nodes[next] : node;
            for (var i = 0; i < children.Length; i++)
            {
                children[i] = Take(depth + 1);
            }

            if (node.Children == 1 && repeated && node.IsMap && children[0].Children.Count == 2)
            {
                var (key, value) = (children[0].Children[0], children[0].Children[1]);
                return new FileColumn(node.Id, node.Name, null, [key with { Name = "key" }, value with { Name = "value" }]);
            }

            if (node.Children == 1 && repeated && node.IsList)
            {
                // The repeated group stands around the element, or in old files is the element itself.
                var isElement = children[0].Children.Count != 1 || annotated.Name == "array" || annotated.Name == $"{node.Name}_tuple";
                return new FileColumn(node.Id, node.Name, null, [(isElement ? children[0] : children[0].Children[0]) with { Name = "element" }]);
            }

            return new FileColumn(node.Id, node.Name, node.Type, children) { IsRequired = node.Repetition == "REQUIRED" };
        }
    }
}
