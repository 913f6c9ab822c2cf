using Lakehouse.Engine.Results;
using Lakehouse.Formats;

namespace Lakehouse.Engine.Scans;

/// <summary>The fields of a Parquet file by name and field id, as far as ids go: the groups that Parquet puts around elements and entries have none and are left out.</summary>
/// <param name="FieldId">Field id; 0 for the file itself.</param>
/// <param name="Name">Name in the file.</param>
/// <param name="Children">Fields within.</param>
internal sealed record ParquetLayout(int FieldId, string Name, IReadOnlyList<ParquetLayout> Children)
{
    public ParquetLayout? Child(int fieldId) => Children.FirstOrDefault(child => child.FieldId == fieldId);

    public static async Task<IReadOnlyDictionary<string, ParquetLayout>> ReadAsync(DuckDbConnection connection, IReadOnlyList<string> paths, string table, CancellationToken cancellationToken)
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

        return nodes.ToDictionary(file => file.Key, file => Tree(file.Value, file.Key, table), StringComparer.Ordinal);
    }

    static ParquetLayout Tree(List<(string Name, int? Id, int Children)> nodes, string file, string table)
    {
        var next = 1;
        var root = new ParquetLayout(0, "", Below(nodes[0].Children));
        return root.Children.Count > 0
            ? root
            : throw LakehouseException.Unsupported($"Unsupported: table {table} has a data file without field ids ({file}), to be read by its name mapping.");

        // Nodes come depth first, each with the number of its children. A node without an id stands for its children.
        List<ParquetLayout> Below(int count)
        {
            var children = new List<ParquetLayout>();
            for (var i = 0; i < count; i++)
            {
                var node = nodes[next++];
                var within = Below(node.Children);
                if (node.Id is { } id)
                {
                    children.Add(new ParquetLayout(id, node.Name, within));
                }
                else
                {
                    children.AddRange(within);
                }
            }

            return children;
        }
    }
}
