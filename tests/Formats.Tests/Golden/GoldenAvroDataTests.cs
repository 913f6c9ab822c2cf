using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Testing;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Storage;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Tables whose data files are all Avro and have no deletes: the rows that their writer read back.</summary>
public sealed partial class GoldenAvroDataTests(ITestOutputHelper output)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rows_are_those_of_the_writer()
    {
        var (tables, rows) = (0, 0);
        foreach (var golden in new[] { "spark-iceberg", "spark-iceberg-v3", "flink-iceberg", "pyiceberg" })
        {
            foreach (var file in Directory.GetFiles(Needs.Golden(golden), "case.json", SearchOption.AllDirectories))
            {
                var (compared, read) = await CompareAsync(Path.GetDirectoryName(file)!, JsonNode.Parse(await File.ReadAllTextAsync(file, Stop))!);
                tables += compared;
                rows += read;
            }
        }

        output.WriteLine($"{tables} reads of tables in Avro, {rows} rows");
        Assert.True(tables >= 5 && rows > 50);
    }

    private static async Task<(int Reads, int Rows)> CompareAsync(string folder, JsonNode facts)
    {
        var (reads, rows) = (0, 0);
        var table = await TableFolder.OpenAsync(new FolderStore(folder), $"file://{folder}/table", [new((string)facts["location"]!, $"file://{folder}/table")], Stop);
        foreach (var read in facts["reads"]!.AsArray().OfType<JsonObject>())
        {
            if (read.ContainsKey("where") || read.ContainsKey("select") || read.ContainsKey("columns") || read.ContainsKey("metadataTable") || read.ContainsKey("computed"))
            {
                continue;
            }

            var at = read["at"]!.AsObject();
            var selected = SnapshotSelection.Select(table.Metadata, at.ContainsKey("snapshot") ? new SnapshotSelector.ById((long)at["snapshot"]!) : at.ContainsKey("ref") ? new SnapshotSelector.ByRef((string)at["ref"]!) : null);
            var files = selected.Snapshot is null ? [] : await ScanPlanner.PlanFilesAsync(table.Store, table.Metadata, selected.Snapshot, cancellationToken: Stop).ToListAsync(Stop);
            if (files.Count == 0 || files.Exists(scan => scan.File.FileFormat != "AVRO" || scan.Deletes.Count > 0))
            {
                continue;
            }

            var found = new List<string>();
            foreach (var scan in files)
            {
                await using var stream = await table.Store.OpenReadAsync(scan.File.FilePath, cancellationToken: Stop);
                var reader = await AvroDataReader.OpenAsync(stream, scan.File.FilePath, selected.Schema, NameMapping.Of(table.Metadata), batchRows: 7, cancellationToken: Stop);
                while (await reader.NextAsync(Stop) is { } batch)
                {
                    found.AddRange(Enumerable.Range(0, batch.RowCount).Select(row => Text(selected.Schema, batch, row)));
                }

                Assert.Equal(scan.File.RecordCount, reader.Position);
            }

            var expected = (await File.ReadAllLinesAsync(Path.Combine(folder, "rows", $"{(string)read["name"]!}.ndjson"), Stop)).Select(line => Canonical(JsonNode.Parse(line)));
            Assert.Equal(expected.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
            reads++;
            rows += found.Count;
        }

        return (reads, rows);
    }

    private static string Text(Schema schema, ColumnBatch batch, int row)
    {
        var json = new JsonObject();
        for (var i = 0; i < schema.Fields.Count; i++)
        {
            json[schema.Fields[i].Name] = Value(batch.Columns[i], row);
        }

        return Canonical(json);
    }

    private static JsonNode? Value(ColumnVector column, int row)
    {
        if (column.IsNull(row))
        {
            return null;
        }

        switch (column.Type)
        {
            case StructType structure:
                return new JsonObject(structure.Fields.Select((field, index) => KeyValuePair.Create(field.Name, Value(column.Child(index), row))));
            case ListType:
                var (start, length) = column.List(row);
                return new JsonArray([.. Enumerable.Range(start, length).Select(item => Value(column.Child(0), item))]);
            case MapType:
                var (first, count) = column.List(row);
                return new JsonArray([.. Enumerable.Range(first, count).Select(item => new JsonArray(Value(column.Child(0), item), Value(column.Child(1), item)))]);
            case DecimalType type:
                return ValueText.Of(type, column.Values<Int128>()[row]);
            case PrimitiveType type:
                return type.Name switch
                {
                    "boolean" => column.Values<byte>()[row] != 0,
                    "int" => column.Values<int>()[row],
                    "date" => ValueText.Of(type, column.Values<int>()[row]),
                    "long" => column.Values<long>()[row],
                    "float" => Number(column.Values<float>()[row].ToString("R", CultureInfo.InvariantCulture)),
                    "double" => Number(column.Values<double>()[row].ToString("R", CultureInfo.InvariantCulture)),
                    "uuid" => column.Values<Guid>()[row].ToString(),
                    "string" => Encoding.UTF8.GetString(column.Bytes(row)),
                    "time" or "timestamp" or "timestamptz" or "timestamp_ns" or "timestamptz_ns" => ValueText.Of(type, column.Values<long>()[row]).Replace("+00:00", "Z", StringComparison.Ordinal),
                    _ => Convert.ToHexStringLower(column.Bytes(row)),
                };
            default:
                throw new InvalidOperationException($"{column.Type}");
        }
    }

    private static JsonNode Number(string text) => text is "NaN" or "Infinity" or "-Infinity" ? JsonValue.Create(text) : JsonNode.Parse(text)!;

    /// <summary>One text for equal rows: members in order, numbers by their value, times without trailing zeros.</summary>
    private static string Canonical(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject members => $"{{{string.Join(",", members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Canonical(member.Value)}"))}}}",
        // The entries of a map come in no order.
        JsonArray { Count: > 0 } map when map.All(item => item is JsonArray { Count: 2 } pair && pair[0]?.GetValueKind() == JsonValueKind.String) =>
            $"<{string.Join(",", map.Select(Canonical).Order(StringComparer.Ordinal))}>",
        JsonArray items => $"[{string.Join(",", items.Select(Canonical))}]",
        _ when node.GetValueKind() == JsonValueKind.Number => Plain(node.ToJsonString()),
        _ when node.GetValueKind() == JsonValueKind.String && Time().IsMatch((string)node!) => Time().Replace((string)node!, "${time}"),
        _ => node.ToJsonString(),
    };

    private static string Plain(string number) => long.TryParse(number, CultureInfo.InvariantCulture, out var whole) && !number.StartsWith("-0", StringComparison.Ordinal)
        ? whole.ToString(CultureInfo.InvariantCulture)
        : ((float)double.Parse(number, CultureInfo.InvariantCulture)).ToString("R", CultureInfo.InvariantCulture);

    [System.Text.RegularExpressions.GeneratedRegex(@"^(?<time>(\d{4}-\d\d-\d\dT)?\d\d:\d\d:\d\d(\.\d*[1-9])?)\.?0*Z?$", System.Text.RegularExpressions.RegexOptions.ExplicitCapture, 1000)]
    private static partial System.Text.RegularExpressions.Regex Time();
}
