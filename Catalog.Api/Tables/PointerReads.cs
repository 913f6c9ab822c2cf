using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using Npgsql;

namespace LakeAspire.Catalog.Tables;

/// <summary>Reads pointers of a state of the lake without a model in between: the statement is another one for each branch and point in time, and every request needs it.</summary>
internal sealed class PointerReads(SqlReads reads)
{
    const string Columns =
        "p.id, p.branch_id, p.table_id, p.kind, p.namespace, p.name, p.metadata_location, p.from_commit, p.to_commit, p.dropped, p.location, p.format_version, p.snapshot_id, p.rows, p.files, p.bytes, p.properties, p.owner";

    /// <summary>The pointers that are seen and meet a condition on <c>p</c>, with parameters <c>$1</c> and so on.</summary>
    public Task<List<PointerRow>> ReadAsync(LakeView view, string filter, object[] parameters, CancellationToken cancellationToken, bool withDropped = false) =>
        reads.ListAsync(ViewSql.Pointers(view.Levels, filter, withDropped, Columns), parameters, PointerOf, cancellationToken);

    /// <summary>Names that are seen and meet a condition, in order.</summary>
    public Task<List<string>> NamesAsync(LakeView view, string filter, int limit, object[] parameters, CancellationToken cancellationToken)
    {
        var first = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"ORDER BY name LIMIT {limit}");
        return reads.ListAsync($"SELECT v.name FROM ({ViewSql.Pointers(view.Levels, filter, columns: "p.name", first: first)}) AS v {first}", parameters, reader => reader.GetString(0), cancellationToken);
    }

    static PointerRow PointerOf(NpgsqlDataReader row) => new()
    {
        Id = row.GetInt64(0),
        BranchId = row.GetInt32(1),
        TableId = row.GetGuid(2),
        Kind = (PointerKind)row.GetInt32(3),
        Namespace = row.GetString(4),
        Name = row.GetString(5),
        MetadataLocation = row.GetString(6),
        FromCommit = row.GetInt64(7),
        ToCommit = Number(row, 8),
        Dropped = row.GetBoolean(9),
        Location = row.GetString(10),
        FormatVersion = row.GetInt32(11),
        SnapshotId = Number(row, 12),
        Rows = Number(row, 13),
        Files = Number(row, 14),
        Bytes = Number(row, 15),
        Properties = row.IsDBNull(16) ? null : row.GetString(16),
        Owner = row.IsDBNull(17) ? null : row.GetString(17),
    };

    static long? Number(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
