using LakeAspire.Query.Worker.Execution;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;

namespace LakeAspire.Query.Api.Tests;

/// <summary>Ways out, each tried at the door (the API's check of the statement) and, past it, in the locked database itself.</summary>
public sealed class LockdownTests(QueryService service) : IClassFixture<QueryService>
{
    const string Secret = "{secret}";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Statements =>
    [
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY (SELECT 1) TO '{secret}'",
        "COPY (SELECT 1) TO '{secret}'",
        "COPY gold.numbers FROM '{secret}'",
        "ATTACH '{secret}'",
        "ATTACH ':memory:' AS x",
        "EXPORT DATABASE '{secret}'",
        "IMPORT DATABASE '{secret}'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "CREATE TABLE t (i INTEGER)",
        "CREATE SECRET s (TYPE s3)",
        "INSERT INTO gold.numbers VALUES (1)",
        "UPDATE gold.numbers SET i = 1",
        "DELETE FROM gold.numbers",
        "DROP VIEW gold.numbers",
        "MERGE INTO gold.numbers USING silver.mixed ON true WHEN MATCHED THEN DELETE",
        "SET threads = 8",
        "SET VARIABLE x = 1",
        "RESET threads",
        "PRAGMA enable_profiling",
        "PRAGMA database_list",
        "CALL enable_logging()",
        "CALL duckdb_settings()",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{secret}'",
        "EXPLAIN ANALYZE SELECT 1",
        "SHOW TABLES",
        "SHOW ALL TABLES",
        "USE memory",
        "CHECKPOINT",
        "VACUUM",
        "BEGIN",
        "PREPARE p AS SELECT 1",
        "DEALLOCATE p",
        "PIVOT gold.numbers ON k",
    ];

    public static TheoryData<string> Selects =>
    [
        "SELECT * FROM read_csv('{secret}')",
        "SELECT * FROM read_text('{secret}')",
        "SELECT * FROM read_blob('{secret}')",
        "SELECT * FROM read_json('{secret}')",
        "SELECT * FROM read_ndjson_objects('{secret}')",
        "SELECT * FROM read_parquet('{secret}')",
        "SELECT * FROM parquet_scan('{secret}')",
        "SELECT * FROM parquet_metadata('{secret}')",
        "SELECT * FROM read_duckdb('{secret}')",
        "SELECT * FROM sniff_csv('{secret}')",
        "SELECT * FROM glob('/etc/*')",
        "SELECT * FROM '{secret}'",
        "SELECT * FROM \"{secret}\"",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM read_text('/proc/self/environ')",
        "SELECT * FROM read_text('/dev/stdin')",
        "SELECT * FROM read_csv('http://127.0.0.1:1/x')",
        "SELECT * FROM read_parquet('s3://bucket/x')",
        "SELECT * FROM enable_logging(storage = 'file', storage_path = '/tmp/x')",
        "SELECT * FROM enable_logging(storage = 'stdout')",
        "SELECT * FROM system.main.enable_logging()",
        "SELECT * FROM disable_logging()",
        "SELECT * FROM truncate_duckdb_logs()",
        "SELECT * FROM enable_profiling()",
        "SELECT * FROM duckdb_logs",
        "SELECT * FROM duckdb_settings()",
        "SELECT * FROM duckdb_secrets()",
        "SELECT * FROM duckdb_functions()",
        "SELECT * FROM pragma_database_list",
        "SELECT * FROM pragma_table_info('gold.numbers')",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM pg_catalog.pg_class",
        "SELECT * FROM sqlite_master",
        "SELECT * FROM query('SELECT * FROM read_text(''{secret}'')')",
        "SELECT * FROM query_table('gold.numbers')",
        "SELECT * FROM histogram('gold.numbers', 'i')",
        "SELECT * FROM json_execute_serialized_sql('{}')",
        "SELECT * FROM checkpoint()",
        "SELECT * FROM force_checkpoint()",
        "SELECT * FROM arrow_scan(1, 2, 3)",
        "SELECT * FROM seq_scan('x')",
        "SELECT * FROM test_all_types()",
        "SELECT * FROM which_secret('x', 's3')",
        "SELECT * FROM lakeaspire_avro_0123456789abcdef0123456789abcdef()",
        "SELECT lakeaspire_kept_0123456789abcdef0123456789abcdef(0, 0)",
        "SELECT lakeaspire_variant_json('a'::BLOB, 'b'::BLOB)",
        "SELECT write_log('x')",
        "SELECT current_setting('temp_directory')",
        "SELECT getvariable('x')",
        "SELECT getenv('PATH')",
        "SELECT sleep_ms(1)",
        "SELECT pg_sleep(1)",
        "SELECT nextval('s')",
        "SELECT json_serialize_plan('SELECT 1')",
        "SELECT (SELECT content FROM read_text('{secret}'))",
        "SELECT 1 WHERE EXISTS (FROM read_text('{secret}'))",
        "WITH a AS (SELECT * FROM read_text('{secret}')) SELECT * FROM a",
        "SELECT * FROM gold.numbers UNION ALL SELECT * FROM read_csv('{secret}')",
        "SELECT list_transform([1], lambda x: (SELECT content FROM read_text('{secret}')))",
        "SELECT * FROM (VALUES ((SELECT content FROM read_text('{secret}'))))",
        "SELECT sum(1) OVER (ORDER BY (SELECT content FROM read_text('{secret}')))",
        "SELECT * FROM gold.numbers ORDER BY (SELECT content FROM read_text('{secret}'))",
        "SELECT * FROM gold.numbers LIMIT (SELECT count(*) FROM read_text('{secret}'))",
        "SELECT * FROM gold.numbers QUALIFY row_number() OVER () > (SELECT count(*) FROM read_text('{secret}'))",
        "SELECT count(*) FILTER (WHERE (SELECT count(*) FROM read_text('{secret}')) > 0)",
        "DESCRIBE SELECT * FROM read_text('{secret}')",
        "SUMMARIZE '{secret}'",
    ];

    [Theory]
    [MemberData(nameof(Statements))]
    [MemberData(nameof(Selects))]
    public async Task TheServiceRefusesIt(string sql)
    {
        var error = await service.ErrorAsync(sql.Replace(Secret, service.Secret, StringComparison.Ordinal));
        Assert.True(error.Type is "SqlNotAllowedException" or "NoSuchTableException" or "SqlSyntaxException", $"{sql}: {error}");
    }

    /// <summary>What reads files, or changes how DuckDB works, is refused by the lock-down itself, if it should ever get past the door.</summary>
    [Theory]
    [InlineData("SELECT * FROM read_csv('{secret}')")]
    [InlineData("SELECT * FROM read_text('{secret}')")]
    [InlineData("SELECT * FROM read_blob('{secret}')")]
    [InlineData("SELECT * FROM read_json('{secret}')")]
    [InlineData("SELECT * FROM read_parquet('{secret}')")]
    [InlineData("SELECT * FROM sniff_csv('{secret}')")]
    [InlineData("SELECT * FROM '{secret}'")]
    [InlineData("SELECT * FROM read_text('/etc/passwd')")]
    [InlineData("SELECT * FROM read_text('/proc/self/environ')")]
    [InlineData("SELECT * FROM read_text('/dev/stdin')")]
    [InlineData("SELECT * FROM read_text('{allowed}/../../../../secret.txt')")]
    [InlineData("SELECT * FROM read_text('{link}')")]
    [InlineData("COPY (SELECT 1) TO '{secret}'")]
    [InlineData("COPY (SELECT 1) TO '{allowed}'")]
    [InlineData("ATTACH '{secret}.db' AS x")]
    [InlineData("EXPORT DATABASE '{secret}.d'")]
    [InlineData("INSTALL httpfs")]
    [InlineData("LOAD httpfs")]
    [InlineData("SET threads = 8")]
    [InlineData("SET memory_limit = '100GB'")]
    [InlineData("SET enable_external_access = true")]
    [InlineData("SET allowed_paths = ['/etc/passwd']")]
    [InlineData("SET TimeZone = 'Europe/Berlin'")]
    [InlineData("RESET lock_configuration")]
    [InlineData("SET profiling_output = '{secret}'")]
    public async Task TheLockedDatabaseRefusesItToo(string sql)
    {
        var allowed = Directory.EnumerateFiles(Path.Combine(service.Warehouse, "gold", "numbers", "data"), "*.parquet").Single();
        var link = Path.Combine(service.Warehouse, $"{Guid.NewGuid():N}.txt");
        File.CreateSymbolicLink(link, service.Secret);
        var folder = Directory.CreateDirectory(Path.Combine(service.Scratch, Guid.NewGuid().ToString("N"))).FullName;
        var order = new QueryOrder
        {
            Sql = "", Format = ResultFormat.Json, Tables = [new TableView("gold", "numbers", $"(SELECT * FROM read_parquet({SqlText.Literal(allowed)}))")], Paths = [allowed], Folder = folder,
            MemoryLimit = 128 << 20, MaxTempSize = 1 << 20, Threads = 1, MaxRows = 1, MaxBytes = 1,
        };
        using var locked = await LockedDatabase.OpenAsync(order, [], Token);
        Assert.Equal(100_000L, await locked.Connection.ScalarAsync<long>("SELECT count(*) FROM lake.gold.numbers", cancellationToken: Token));
        var attempt = sql.Replace(Secret, service.Secret, StringComparison.Ordinal).Replace("{allowed}", allowed, StringComparison.Ordinal).Replace("{link}", link, StringComparison.Ordinal);
        await Assert.ThrowsAsync<EngineException>(() => locked.Connection.ExecuteAsync(attempt, cancellationToken: Token));
        Assert.Equal("a,b\n1,2\n", await File.ReadAllTextAsync(service.Secret, Token));
        Assert.True(new FileInfo(allowed).Length > 1000);
    }
}
