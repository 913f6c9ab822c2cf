using LakeAspire.Testing.Postgres;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.RowChanges;

/// <summary>Deletes, updates, merges and overwrites, in both format versions and modes.</summary>
public sealed class RowChangeTests(PostgresServer postgres)
{
    const string First = "SELECT i::INTEGER AS id, 'n' || i AS name, (i % 3)::INTEGER AS k FROM range(10) r(i)";
    const string Second = "SELECT i::INTEGER AS id, 'n' || i AS name, (i % 3)::INTEGER AS k FROM range(10, 20) r(i)";

    static readonly PartitionSpec ByK = new(0, [new PartitionField(3, 1000, "k", Transform.Identity)]);

    public static TheoryData<int, string, bool> Kinds => new(
        from version in new[] { 2, 3 } from mode in new[] { "copy-on-write", "merge-on-read" } from partitioned in new[] { false, true } select (version, mode, partitioned));

    async Task<RowLab> StartAsync(int version, string mode, bool partitioned)
    {
        var lab = await RowLab.StartAsync(postgres);
        await lab.CreateAsync(version, mode, partitioned ? ByK : null, null, First, Second);
        return lab;
    }

    static IEnumerable<string> Expected(IEnumerable<int> ids, Func<int, string>? name = null) => ids.Select(i => $"{{'id': {i}, 'name': {name?.Invoke(i) ?? $"n{i}"}, 'k': {i % 3}}}").Order(StringComparer.Ordinal);

    static async Task AssertRowsAsync(RowLab lab, IEnumerable<string> expected) => Assert.Equal(expected, (await lab.RowsAsync()).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Deleted_rows_are_gone_and_old_snapshots_keep_them(int version, string mode, bool partitioned)
    {
        await using var lab = await StartAsync(version, mode, partitioned);
        var before = (await lab.Lake.Lake.LoadTableAsync(lab.Table)).CurrentSnapshot!;
        Assert.Equal(5, (await lab.DeleteAsync("id BETWEEN 8 AND 12")).Deleted);
        await AssertRowsAsync(lab, Expected(Enumerable.Range(0, 20).Where(i => i is < 8 or > 12)));
        Assert.Equal(2, (await lab.DeleteAsync("target.id = 7 OR name = 'n13' OR NULL")).Deleted);
        await AssertRowsAsync(lab, Expected(Enumerable.Range(0, 20).Where(i => i is < 7 or > 13)));
        Assert.Equal(20, (await lab.RowsAsync(snapshot: before)).Count);
        var files = await lab.FilesAsync();
        if (mode == "copy-on-write")
        {
            Assert.All(files, file => Assert.Empty(file.Deletes));
        }
        else
        {
            Assert.Contains(files, file => file.Deletes.Count > 0);
            Assert.All(files, file => Assert.True(version == 2 || file.Deletes.Count <= 1));
        }

        // What is not there is nothing to commit.
        var none = await lab.DeleteAsync("id > 1000");
        Assert.Null(none.Change);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Files_without_a_row_left_go(int version, string mode, bool partitioned)
    {
        await using var lab = await StartAsync(version, mode, partitioned);
        var count = (await lab.FilesAsync()).Count;
        await lab.DeleteAsync("id < 10");
        var files = await lab.FilesAsync();
        Assert.Equal(count / 2, files.Count);
        Assert.All(files, file => Assert.Empty(file.Deletes));
        await lab.DeleteAsync("true");
        Assert.Empty(await lab.FilesAsync());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Updated_rows_have_new_values_by_their_old_ones(int version, string mode, bool partitioned)
    {
        await using var lab = await StartAsync(version, mode, partitioned);
        Assert.Equal(3, (await lab.UpdateAsync("name", "upper(name) || k", "id IN (3, 4, 15)")).Updated);
        await AssertRowsAsync(lab, Expected(Enumerable.Range(0, 20), i => i is 3 or 4 or 15 ? $"N{i}{i % 3}" : $"n{i}"));
        Assert.Equal(20, (await lab.UpdateAsync("k", "7", null)).Updated);
        Assert.All(await lab.RowsAsync(), row => Assert.Contains("'k': 7}", row, StringComparison.Ordinal));
        var error = await Assert.ThrowsAsync<LakehouseException>(() => lab.UpdateAsync("nowhere", "1", null));
        Assert.Contains("has no column nowhere", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_merge_updates_deletes_and_inserts(int version, string mode, bool partitioned)
    {
        await using var lab = await StartAsync(version, mode, partitioned);
        var result = await lab.MergeAsync(new MergeStatement
        {
            Source = "SELECT (i * 2)::INTEGER AS id, 'm' || i * 2 AS name, (i * 2 % 3)::INTEGER AS k, i AS rank FROM range(5, 15) r(i)",
            Keys = ["id"],
            Clauses =
            [
                MergeClause.MatchedDelete("source.rank = 6"), MergeClause.MatchedUpdate(condition: "target.id < 16"), MergeClause.MatchedUpdate(new Dictionary<string, string> { ["name"] = "target.name || source.rank" }),
                MergeClause.NotMatchedInsert(condition: "source.id < 26"), MergeClause.NotMatchedInsert(new Dictionary<string, string> { ["ID"] = "source.id", ["k"] = "source.id % 3" }, "source.id = 26"),
                MergeClause.NotMatchedBySourceDelete("target.id = 1"), MergeClause.NotMatchedBySourceUpdate(new Dictionary<string, string> { ["name"] = "'left'" }, "target.id < 4"),
            ],
        });
        Assert.Equal((2, 7, 4), (result.Deleted, result.Updated, result.Inserted));
        var expected = Enumerable.Range(0, 20).Where(i => i is not (1 or 12)).Concat([20, 22, 24, 26]);
        await AssertRowsAsync(lab, Expected(expected, i => i switch { < 4 => "left", 10 or 14 => $"m{i}", 16 => "n168", 18 => "n189", 20 or 22 or 24 => $"m{i}", 26 => "NULL", _ => $"n{i}" }));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_upsert_touches_only_files_with_its_keys(int version, string mode, bool partitioned)
    {
        await using var lab = await StartAsync(version, mode, partitioned);
        var before = (await lab.FilesAsync()).Select(file => file.File.FilePath).ToHashSet();
        var result = await lab.MergeAsync(MergeStatement.Upsert("SELECT 3::INTEGER AS id, 'x' AS name, 0::INTEGER AS k UNION ALL SELECT 30, 'n30', 0", ["id"]));
        Assert.Equal((1, 1), (result.Updated, result.Inserted));
        await AssertRowsAsync(lab, Expected(Enumerable.Range(0, 20).Append(30), i => i == 3 ? "x" : $"n{i}"));
        Assert.Equal(mode == "copy-on-write" ? 1 : 0, before.Except((await lab.FilesAsync()).Select(file => file.File.FilePath)).Count());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Two_source_rows_for_one_row_are_an_error_that_names_the_key(int version, string mode, bool partitioned)
    {
        await using var lab = await StartAsync(version, mode, partitioned);
        const string twice = "SELECT 3::INTEGER AS id, 'x' AS name, 0::INTEGER AS k UNION ALL SELECT 3, 'y', 0";
        var error = await Assert.ThrowsAsync<LakehouseException>(() => lab.MergeAsync(MergeStatement.Upsert(twice, ["id"])));
        Assert.Equal(LakehouseErrorKind.InvalidData, error.Kind);
        Assert.Contains("2 rows of the source match one row of table bronze.events", error.Message, StringComparison.Ordinal);
        Assert.Contains("{\"id\":3}", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAsync<LakehouseException>(() => lab.MergeAsync(new MergeStatement { Source = twice, On = "target.id = source.id", Clauses = [MergeClause.MatchedDelete()] }));
        Assert.Contains("\"id\":3", error.Message, StringComparison.Ordinal);

        // Rows that match nothing may come twice, and rows that only keep others out may match often.
        var result = await lab.MergeAsync(new MergeStatement { Source = twice + " UNION ALL SELECT 50, 'z', 1 UNION ALL SELECT 50, 'z', 1", Keys = ["id"], Clauses = [MergeClause.NotMatchedInsert()] });
        Assert.Equal(2, result.Inserted);
        Assert.Equal(22, (await lab.RowsAsync()).Count);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Rows_by_a_condition_are_replaced(int version, string mode, bool partitioned)
    {
        await using var lab = await StartAsync(version, mode, partitioned);
        var result = await lab.ChangeAsync(async (transaction, table) => await transaction.OverwriteWhereAsync(lab.Connection, table, "id >= 5 AND id < 15", "SELECT 6 AS id, 'six' AS name, 0 AS k"));
        Assert.Equal((10, 1), (result!.Deleted, result.Inserted));
        await AssertRowsAsync(lab, Expected(Enumerable.Range(0, 20).Where(i => i is < 5 or 6 or >= 15), i => i == 6 ? "six" : $"n{i}"));
        var error = await Assert.ThrowsAnyAsync<LakehouseException>(() => lab.ChangeAsync(async (transaction, table) => await transaction.OverwriteWhereAsync(lab.Connection, table, "id < 5", "SELECT 6 AS id, 'six' AS name, 0 AS k")));
        Assert.Contains("one of them is none of these", error.Message, StringComparison.Ordinal);
        error = await Assert.ThrowsAnyAsync<LakehouseException>(() => lab.ChangeAsync(async (transaction, table) => await transaction.OverwriteWhereAsync(lab.Connection, table, "id < 5", "SELECT 4 AS id, 0 AS surplus")));
        Assert.Contains("does not have: surplus", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(2, false)]
    public async Task Partitions_that_a_query_has_are_replaced(int version, bool partitioned)
    {
        await using var lab = await StartAsync(version, "copy-on-write", partitioned);
        await lab.ChangeAsync(async (transaction, table) => await transaction.ReplacePartitionsAsync(lab.Connection, table, "SELECT 100 AS id, 'n100' AS name, 1 AS k"));
        await AssertRowsAsync(lab, Expected(Enumerable.Range(0, 20).Where(i => partitioned && i % 3 != 1).Append(100)));
    }

    [Theory]
    [InlineData("copy-on-write")]
    [InlineData("merge-on-read")]
    public async Task Rows_keep_their_ids_and_tell_when_they_changed(string mode)
    {
        await using var lab = await StartAsync(3, mode, partitioned: false);
        var ids = (await lab.RowsAsync("id, _row_id", null, "_row_id")).ToHashSet();
        await lab.UpdateAsync("name", "'x'", "id IN (2, 12)");
        await lab.DeleteAsync("id = 5");
        await lab.MergeAsync(MergeStatement.Upsert("SELECT 4 AS id, 'm' AS name, 0 AS k UNION ALL SELECT 99, 'new', 0", ["id"]));
        var sequence = (await lab.Lake.Lake.LoadTableAsync(lab.Table)).Metadata.LastSequenceNumber;
        var after = await lab.RowsAsync("id, _row_id", null, "_row_id");
        Assert.Equal(19, after.Count(ids.Contains));
        Assert.Equal(20, after.Distinct().Count());
        var changed = await lab.RowsAsync("id, _last_updated_sequence_number AS n", null, "_last_updated_sequence_number");
        foreach (var (id, expected) in new[] { (0, sequence - 4), (10, sequence - 3), (2, sequence - 2), (12, sequence - 2), (4, sequence), (99, sequence) })
        {
            Assert.Contains($"{{'id': {id}, 'n': {expected}}}", changed);
        }
    }

    [Theory]
    [InlineData("id < 10", true)]
    [InlineData("id < 10 AND k >= 0", true)]
    [InlineData("id < 10 AND length(name) > 0", false)]
    [InlineData("id < 10 AND (k >= 0 OR length(name) > 9)", false)]
    [InlineData("id < 10 AND (id >= 0 OR length(name) > 9)", true)]
    [InlineData("id < 10 OR name IS NULL", false)]
    [InlineData("id < 9", false)]
    public async Task Files_that_go_as_a_whole_are_not_opened(string where, bool unopened)
    {
        await using var lab = await StartAsync(2, "copy-on-write", partitioned: false);
        var file = Assert.Single(await lab.FilesAsync(), file => file.File.LowerBounds![1].SequenceEqual(SingleValue.ToBytes(IcebergType.Int, 0)));
        var path = Storage.LocalPath.FromLocation(file.File.FilePath);
        File.Move(path, path + ".away");
        if (unopened)
        {
            Assert.Equal(10, (await lab.DeleteAsync(where)).Deleted);
            Assert.Equal(10, (await lab.RowsAsync()).Count);
        }
        else
        {
            await Assert.ThrowsAnyAsync<LakehouseException>(() => lab.DeleteAsync(where));
        }
    }

    [Fact]
    public async Task A_merge_opens_only_files_between_its_keys()
    {
        await using var lab = await StartAsync(2, "copy-on-write", partitioned: false);
        var file = Assert.Single(await lab.FilesAsync(), file => file.File.LowerBounds![1].SequenceEqual(SingleValue.ToBytes(IcebergType.Int, 0)));
        File.Delete(Storage.LocalPath.FromLocation(file.File.FilePath));
        var result = await lab.MergeAsync(MergeStatement.Upsert("SELECT 12::INTEGER AS id, 'x' AS name, 0::INTEGER AS k UNION ALL SELECT 30, 'y', 0", ["id"]));
        Assert.Equal((1, 1), (result.Updated, result.Inserted));
        Assert.Equal(0, (await lab.MergeAsync(MergeStatement.Upsert("SELECT 12::INTEGER AS id, 'x' AS name, 0::INTEGER AS k WHERE false", ["id"]))).Updated);
    }

    [Fact]
    public async Task Position_deletes_of_a_file_say_so()
    {
        await using var lab = await StartAsync(2, "merge-on-read", partitioned: false);
        await lab.DeleteAsync("id IN (1, 3)");
        var delete = Assert.Single((await lab.FilesAsync()).SelectMany(file => file.Deletes)).File;
        Assert.Equal((FileContent.PositionDeletes, 2, "PARQUET"), (delete.Content, delete.RecordCount, delete.FileFormat));
        var path = SingleValue.ToBytes(IcebergType.String, delete.ReferencedDataFile!);
        Assert.Equal(path, delete.LowerBounds![2147483546]);
        Assert.Equal(path, delete.UpperBounds![2147483546]);
        var local = Lakehouse.Engine.SqlText.Literal(Storage.LocalPath.FromLocation(delete.FilePath));
        Assert.Equal(2L, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM parquet_schema({local}) WHERE (name, field_id) IN (('file_path', 2147483546), ('pos', 2147483545))"));
    }

    [Fact]
    public async Task Deletes_of_a_partition_can_share_a_file()
    {
        await using var lab = await RowLab.StartAsync(postgres);
        await lab.CreateAsync(2, "merge-on-read", null, new Dictionary<string, string> { ["write.delete.granularity"] = "partition" }, First, Second);
        await lab.DeleteAsync("id IN (1, 11)");
        var delete = Assert.Single((await lab.FilesAsync()).SelectMany(file => file.Deletes).Select(delete => delete.File).DistinctBy(file => file.FilePath));
        Assert.Null(delete.ReferencedDataFile);
        Assert.Equal(18, (await lab.RowsAsync()).Count);
    }

    [Fact]
    public async Task One_change_of_rows_for_a_table_and_transaction()
    {
        await using var lab = await StartAsync(2, "copy-on-write", partitioned: false);
        await using var transaction = lab.Lake.Lake.BeginTransaction("test", "twice");
        var table = await transaction.OpenAsync(lab.Table);
        await transaction.DeleteAsync(lab.Connection, table, "id = 1");
        await Assert.ThrowsAsync<InvalidOperationException>(() => transaction.DeleteAsync(lab.Connection, table, "id = 2"));
    }

    [Fact]
    public async Task What_fails_leaves_neither_files_nor_temporary_tables()
    {
        await using var lab = await StartAsync(2, "merge-on-read", partitioned: false);
        var before = await lab.Lake.ObjectsAsync();
        await Assert.ThrowsAnyAsync<LakehouseException>(() => lab.UpdateAsync("k", "error('no')::INTEGER", "id > 3"));
        Assert.Equal(before, await lab.Lake.ObjectsAsync());
        Assert.Equal(0L, await lab.Connection.ScalarAsync<long>("SELECT count(*) FROM duckdb_tables() WHERE temporary"));
    }
}
