using System.Buffers;
using System.Text.Json;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine;
using Lakehouse.Formats.Columns;

namespace LakeAspire.Query.Worker.Encoding;

/// <summary>Encodes a result row by row.</summary>
internal abstract class RowWriter(IReadOnlyList<ResultColumn> columns)
{
    protected ColumnEncoding[] Encodings { get; } = [.. columns.Select(column => new ColumnEncoding(column.Type))];

    public static RowWriter Create(ResultFormat format, IReadOnlyList<ResultColumn> columns, IBufferWriter<byte> output) => format switch
    {
        ResultFormat.Json => new JsonRows(columns, output),
        ResultFormat.Ndjson => new NdjsonRows(columns, output),
        ResultFormat.Csv => new CsvRows(columns, output),
        _ => throw new ArgumentException($"{format} is not written row by row.", nameof(format)),
    };

    /// <summary>What stands before the first row.</summary>
    public abstract void Begin();

    public abstract void Row(ColumnBatch batch, int row);

    /// <summary>What stands after the last row.</summary>
    public virtual void End()
    {
    }
}

/// <summary><c>{"columns":[…],"rows":[[…],…</c>: what follows the rows is known to the API only.</summary>
internal sealed class JsonRows(IReadOnlyList<ResultColumn> columns, IBufferWriter<byte> output) : RowWriter(columns)
{
    readonly Utf8JsonWriter json = new(output, new JsonWriterOptions { Encoder = JsonValues.Escaping, SkipValidation = true });
    readonly IReadOnlyList<ResultColumn> columns = columns;

    public override void Begin()
    {
        json.WriteStartObject();
        json.WriteStartArray("columns");
        foreach (var column in columns)
        {
            json.WriteStartObject();
            json.WriteString("name", column.Name);
            json.WriteString("type", column.Type.ToString());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rows");
        json.Flush();
    }

    public override void Row(ColumnBatch batch, int row)
    {
        json.WriteStartArray();
        for (var i = 0; i < Encodings.Length; i++)
        {
            JsonValues.Write(json, Encodings[i], batch.Columns[i], row);
        }

        json.WriteEndArray();
        json.Flush();
    }

    public override void End()
    {
        json.WriteEndArray();
        json.Flush();
    }
}

/// <summary>An object in each line. Columns of one name get numbers, since an object has each name once.</summary>
internal sealed class NdjsonRows(IReadOnlyList<ResultColumn> columns, IBufferWriter<byte> output) : RowWriter(columns)
{
    readonly Utf8JsonWriter json = new(output, new JsonWriterOptions { Encoder = JsonValues.Escaping, SkipValidation = true });
    readonly JsonEncodedText[] names = [.. Distinct(columns).Select(name => JsonEncodedText.Encode(name, JsonValues.Escaping))];

    public override void Begin()
    {
    }

    public override void Row(ColumnBatch batch, int row)
    {
        json.WriteStartObject();
        for (var i = 0; i < Encodings.Length; i++)
        {
            json.WritePropertyName(names[i]);
            JsonValues.Write(json, Encodings[i], batch.Columns[i], row);
        }

        json.WriteEndObject();
        json.Flush();
        json.Reset();
        output.Write("\n"u8);
    }

    static IEnumerable<string> Distinct(IReadOnlyList<ResultColumn> columns)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var column in columns)
        {
            var name = column.Name;
            for (var number = 1; !taken.Add(name); number++)
            {
                name = $"{column.Name}_{number}";
            }

            yield return name;
        }
    }
}
