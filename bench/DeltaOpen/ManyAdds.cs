using System.Globalization;
using Lakehouse.Engine;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Schemas;

namespace LakeAspire.Bench;

/// <summary>The log of a Delta table of very many files, without the files: as commits in JSON, and as a checkpoint. Partitioned by day, statistics of four columns.</summary>
internal static class ManyAdds
{
    const int AddsPerCommit = 1000;

    static readonly string Schema = DeltaSchemaJson.ToText(new DeltaStruct(
        [new DeltaField("id", DeltaType.Long), new DeltaField("name", DeltaType.String), new DeltaField("ts", DeltaType.Timestamp), new DeltaField("amount", DeltaType.Double), new DeltaField("day", DeltaType.Date)]));

    /// <summary>Writes the folders <c>commits</c> and <c>checkpoint</c>, both of the same table.</summary>
    public static async Task WriteAsync(string folder, int adds)
    {
        var (commits, checkpoint) = (Log(folder, "commits"), Log(folder, "checkpoint"));
        var last = (adds / AddsPerCommit) - 1;
        for (var version = 0; version <= last; version++)
        {
            List<DeltaAction> actions = version == 0 ? [new ProtocolAction(1, 2), new MetadataAction { Id = "bench", SchemaString = Schema, PartitionColumns = ["day"] }] : [];
            actions.AddRange(Enumerable.Range(version * AddsPerCommit, AddsPerCommit).Select(Add));
            await File.WriteAllBytesAsync(Path.Combine(commits, $"{version:D20}.json"), DeltaActionJson.WriteLines(actions));
        }

        File.Copy(Path.Combine(commits, $"{last:D20}.json"), Path.Combine(checkpoint, $"{last:D20}.json"));
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        await connection.ExecuteAsync($$"""
            COPY (
                SELECT protocol, "metaData", NULL::STRUCT(path VARCHAR, "partitionValues" MAP(VARCHAR, VARCHAR), size BIGINT, "modificationTime" BIGINT, "dataChange" BOOLEAN, stats VARCHAR) AS add
                FROM (VALUES
                    ({'minReaderVersion': 1, 'minWriterVersion': 2}, NULL),
                    (NULL, {'id': 'bench', 'format': {'provider': 'parquet', 'options': MAP {}::MAP(VARCHAR, VARCHAR)}, 'schemaString': {{SqlText.Literal(Schema)}}, 'partitionColumns': ['day'], 'configuration': MAP {}::MAP(VARCHAR, VARCHAR)})
                ) AS t(protocol, "metaData")
                UNION ALL
                SELECT NULL, NULL, {'path': add.path, 'partitionValues': MAP {'day': add."partitionValues".day}, 'size': add.size, 'modificationTime': add."modificationTime", 'dataChange': false, 'stats': add.stats}
                FROM read_json('{{commits}}/*.json', columns = {add: 'STRUCT(path VARCHAR, "partitionValues" STRUCT(day VARCHAR), size BIGINT, "modificationTime" BIGINT, stats VARCHAR)'}) WHERE add IS NOT NULL
            ) TO '{{Path.Combine(checkpoint, $"{last:D20}.checkpoint.parquet")}}' (FORMAT parquet, COMPRESSION snappy)
            """);
    }

    static string Log(string folder, string name) => Directory.CreateDirectory(Path.Combine(folder, name, "_delta_log")).FullName;

    static AddFile Add(int number)
    {
        var day = new DateOnly(2020, 1, 1).AddDays(number % 1000).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return new AddFile
        {
            Path = $"day={day}/part-{number % AddsPerCommit:D5}-{Guid.NewGuid():D}.c000.snappy.parquet",
            PartitionValues = new Dictionary<string, string?> { ["day"] = day },
            Size = 1_000_000 + number,
            ModificationTime = 1_700_000_000_000 + number,
            DataChange = true,
            Stats = string.Create(CultureInfo.InvariantCulture, $$$"""{"numRecords":1000,"minValues":{"id":{{{number * 1000L}}},"name":"name-{{{number:D9}}}","ts":"2024-01-01T00:00:00.000Z","amount":{{{number}}}.5},"maxValues":{"id":{{{(number * 1000L) + 999}}},"name":"name-{{{number:D9}}}-zzz","ts":"2024-01-02T00:00:00.000Z","amount":{{{number + 1}}}.5},"nullCount":{"id":0,"name":0,"ts":0,"amount":0}}"""),
        };
    }
}
