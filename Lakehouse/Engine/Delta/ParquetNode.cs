using Lakehouse.Engine.Results;
using Lakehouse.Formats;

namespace Lakehouse.Engine.Delta;

/// <summary>A node of a Parquet file's schema as it stands, with the groups that Parquet puts around elements and entries.</summary>
/// <param name="Name">Name.</param>
/// <param name="FieldId">Field id; null without.</param>
/// <param name="Children">Nodes within.</param>
internal sealed record ParquetNode(string Name, int? FieldId, IReadOnlyList<ParquetNode> Children)
{
    /// <summary>The node of an array's elements: below the repeated group, or that group itself in the old form of two levels.</summary>
    public ParquetNode? Element => Children is [var repeated] ? repeated.Children is [var element] && repeated.Name is not ("array" or "element") ? element : repeated.Children.Count == 0 ? repeated : repeated.Children is [var only] ? only : repeated : null;

    /// <summary>The node of a map's keys.</summary>
    public ParquetNode? Key => Children is [{ Children: [var key, _] }] ? key : null;

    /// <summary>The node of a map's values.</summary>
    public ParquetNode? Value => Children is [{ Children: [_, var value] }] ? value : null;

    /// <summary>The schemas of some files, by path.</summary>
    public static async Task<IReadOnlyDictionary<string, ParquetNode>> ReadAsync(DuckDbConnection connection, IReadOnlyList<string> paths, CancellationToken cancellationToken)
    {
        var nodes = new Dictionary<string, List<(string Name, int? Id, int Children)>>(StringComparer.Ordinal);
        await using var result = await connection.QueryAsync(
            $"SELECT file_name, name, field_id, coalesce(num_children, 0) FROM parquet_schema({SqlText.Literal(paths.Distinct(StringComparer.Ordinal))})", cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    var file = Scalars.Get<string>(batch.Columns[0], row)!;
                    int? id = batch.Columns[2].IsNull(row) ? null : (int)Scalars.Get<long>(batch.Columns[2], row);
                    if (!nodes.TryGetValue(file, out var list))
                    {
                        nodes[file] = list = [];
                    }

                    list.Add((Scalars.Get<string>(batch.Columns[1], row)!, id, (int)Scalars.Get<long>(batch.Columns[3], row)));
                }
            }
        }

        return nodes.ToDictionary(file => file.Key, file => Tree(file.Value, file.Key), StringComparer.Ordinal);
    }

    /// <summary>Nodes come depth first, each with the number of its children.</summary>
    static ParquetNode Tree(List<(string Name, int? Id, int Children)> nodes, string file)
    {
        const int MaxDepth = 200;
        var next = 0;
        return Take(0);

        ParquetNode Take(int depth)
        {
            if (next >= nodes.Count || depth > MaxDepth)
            {
                throw LakehouseException.InvalidData($"{file}: its schema does not add up");
            }

            var (name, id, count) = nodes[next++];
            var children = new List<ParquetNode>();
            for (var i = 0; i < count; i++)
            {
                children.Add(Take(depth + 1));
            }

            return new ParquetNode(name, id, children);
        }
    }
}
