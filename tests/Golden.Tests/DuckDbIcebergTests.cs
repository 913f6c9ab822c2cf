using System.Text.Json;
using System.Text.RegularExpressions;
using LakeAspire.Testing;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Storage;
using Lakehouse.Storage.Local;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Golden.Tests;

/// <summary>Iceberg tables of DuckDB's own tests, by the queries and the answers that stand beside them.</summary>
public sealed partial class DuckDbIcebergTests
{
    public static TheoryData<string> Cases => Needs.FindGolden("iceberg") is { } folder ? [.. Open(folder).EnumerateObject().Select(table => table.Name)] : [];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Cases))]
    public async Task Queries_have_their_answers(string name)
    {
        var faults = new List<string>();
        foreach (var query in Open(Needs.Golden("iceberg")).GetProperty(name).EnumerateArray().Where(IsOurs))
        {
            if (await FaultAsync(query) is { } fault)
            {
                faults.Add($"{query.GetProperty("query").GetString()}: {fault}");
            }
        }

        if (KnownGaps.DuckDb.ContainsKey(name))
        {
            Assert.True(faults.Count > 0, $"{name} is listed as a known gap and passes: take it off the list");
            return;
        }

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    static JsonElement Open(string folder)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "cases.json")));
        return document.RootElement.Clone();
    }

    // How DuckDB's function spells its options is its own affair, and so is its setting to read vectors that are no Puffin files.
    static bool IsOurs(JsonElement query) => !query.GetProperty("query").GetString()!.Contains("version_name_format", StringComparison.Ordinal)
        && !(query.TryGetProperty("error", out var error) && error.GetString()!.Contains("iceberg_unsafe_skip_puffin_verification", StringComparison.Ordinal));

    static async Task<string?> FaultAsync(JsonElement query)
    {
        using var database = DuckDbDatabase.Open(new DuckDbOptions { Threads = 1 });
        using var connection = database.Connect();
        try
        {
            await connection.ExecuteAsync("SET TimeZone = 'UTC'");
            var sql = query.GetProperty("query").GetString()!.Trim().TrimEnd(';').Replace("filename", "_file", StringComparison.Ordinal);
            foreach (var table in Table().Matches(sql).Reverse())
            {
                sql = sql[..table.Index] + await RelationAsync(connection, table, sql) + sql[(table.Index + table.Length)..];
            }

            var rows = await RowsAsync(connection, sql);
            return query.TryGetProperty("error", out _) ? "must fail and did not" : Difference(query.GetProperty("rows"), rows);
        }
        catch (LakehouseException error)
        {
            return query.TryGetProperty("error", out _) && error is not EngineException ? null : error.Message;
        }
    }

    static async Task<string> RelationAsync(DuckDbConnection connection, Match table, string sql)
    {
        var path = Path.Combine(Needs.Golden("iceberg"), table.Groups["path"].Value);
        var options = Option().Matches(table.Groups["options"].Value).ToDictionary(option => option.Groups["name"].Value, option => option.Groups["value"].Value, StringComparer.Ordinal);
        if (options.TryGetValue("version", out var version))
        {
            path = Directory.EnumerateFiles(Path.Combine(path, "metadata")).Single(file => Path.GetFileName(file) == $"v{version}.metadata.json" || Path.GetFileName(file) == $"{version}.metadata.json");
        }

        var source = new FolderSource(LocalObjectStore.ReadOnly(), LocalPath.ToLocation(path)) { Files = new LocalFiles(LocalPath.FromLocation), Format = TableFormat.Iceberg };
        var opened = await FolderTable.OpenAsync(source);
        var request = new FolderScanRequest
        {
            At = options.TryGetValue("snapshot_from_id", out var id) ? new TablePoint { Snapshot = long.Parse(id, System.Globalization.CultureInfo.InvariantCulture) } : TablePoint.Newest,
            Where = Where().Match(sql) is { Success: true } where ? where.Groups["filter"].Value : null,
            MetadataColumns = sql.Contains("_file", StringComparison.Ordinal) ? ["_file"] : [],
        };
        return (await opened.ScanAsync(connection, request)).Sql;
    }

    static async Task<List<string>> RowsAsync(DuckDbConnection connection, string sql)
    {
        var rows = new List<string>();
        await using var result = await connection.QueryAsync($"SELECT to_json([coalesce(CAST(COLUMNS(*) AS VARCHAR), 'NULL')])::VARCHAR FROM ({sql}) AS q");
        await foreach (var batch in result.ReadAsync())
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add(string.Join('|', batch.Columns.Select(column => JsonSerializer.Deserialize<string[]>(column.Bytes(row))![0])));
                }
            }
        }

        return rows;
    }

    static string? Difference(JsonElement expected, List<string> found)
    {
        var wanted = expected.EnumerateArray().Select(row => string.Join('|', row.EnumerateArray().Select(value => Canonical(value.GetString()!)))).Order(StringComparer.Ordinal).ToList();
        var read = found.Select(row => string.Join('|', row.Split('|').Select(Canonical))).Order(StringComparer.Ordinal).ToList();
        return wanted.SequenceEqual(read) ? null : $"expected {string.Join(" / ", wanted.Take(5))}, read {string.Join(" / ", read.Take(5))}";
    }

    // DuckDB's test runner writes booleans as 1 and 0 too, compares fractions by their first digits, and shows times in the zone of the machine on which it ran.
    static string Canonical(string value)
    {
        if (value is "true" or "false")
        {
            return value == "true" ? "1" : "0";
        }

        if (Zoned().IsMatch(value) && DateTimeOffset.TryParse(value, System.Globalization.CultureInfo.InvariantCulture, out var time))
        {
            return time.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);
        }

        return Fraction().IsMatch(value) ? double.Parse(value, System.Globalization.CultureInfo.InvariantCulture).ToString("G7", System.Globalization.CultureInfo.InvariantCulture) : value;
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\d .*[+-]\d\d$")]
    private static partial Regex Zoned();

    [GeneratedRegex(@"^-?\d+\.\d+$")]
    private static partial Regex Fraction();

    [GeneratedRegex(@"<TABLE (?<path>[^ >]+)(?<options>[^>]*)>")]
    private static partial Regex Table();

    [GeneratedRegex(@"> where (?<filter>[^;]*?)( order by .*)?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Where();

    [GeneratedRegex(@"(?<name>\w+)='?(?<value>[^,' ]+)'?")]
    private static partial Regex Option();
}
