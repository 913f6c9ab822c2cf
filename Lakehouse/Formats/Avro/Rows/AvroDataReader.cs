using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Avro;

/// <summary>
/// Reads the rows of an Avro data or delete file as columns of a table's schema: fields by id at every depth, promoted types widened, absent columns as their initial default or null
/// (specification, "Column Projection"; Appendix A, "Avro"). Codecs: null, deflate, snappy, zstandard.
/// </summary>
public sealed class AvroDataReader
{
    /// <summary>Most rows of a batch.</summary>
    public const int DefaultBatchRows = 2048;

    private readonly AvroContainerReader file;
    private readonly AvroRecordPlan plan;
    private readonly AvroColumn[] columns;
    private readonly AvroBudget budget;
    private readonly string what;
    private readonly int batchRows;
    private ReadOnlyMemory<byte> block;
    private int blockRows;

    private AvroDataReader(AvroContainerReader file, Schema schema, AvroRecordPlan plan, AvroColumn[] columns, AvroBudget budget, string what, int batchRows)
    {
        this.file = file;
        this.plan = plan;
        this.columns = columns;
        this.budget = budget;
        this.what = what;
        this.batchRows = batchRows;
        Schema = schema;
    }

    /// <summary>The columns of the batches.</summary>
    public Schema Schema { get; }

    /// <summary>Rows of all batches so far: the position, in the file, of the first row of the next batch.</summary>
    public long Position { get; private set; }

    /// <summary>Reads the head of a file and matches its fields with the schema's.</summary>
    /// <param name="stream">The file; not closed.</param>
    /// <param name="what">Name of the file in messages.</param>
    /// <param name="schema">The columns that are wanted, with the ids and types of the table; nested structs may leave fields out.</param>
    /// <param name="mapping">The table's name mapping, for a file without field ids; null = fields have the schema's own names.</param>
    /// <param name="batchRows">Most rows of a batch.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">InvalidData: no Avro file, or a column's type is none that the table's could come from; Unsupported: its codec, or a type.</exception>
    public static async Task<AvroDataReader> OpenAsync(
        Stream stream, string what, Schema schema, NameMapping? mapping = null, int batchRows = DefaultBatchRows, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchRows, 1);
        var file = await AvroContainerReader.OpenAsync(stream, what, cancellationToken).ConfigureAwait(false);
        if (file.Schema.Kind != AvroKind.Record)
        {
            throw LakehouseException.InvalidData($"{what}: the Avro schema is no record");
        }

        var budget = new AvroBudget();
        var hasIds = AvroColumnPlan.HasIds(file.Schema);
        var (columns, plan) = new AvroColumnPlan(hasIds, budget, what).Record(schema.Fields, file.Schema, hasIds ? NameMapping.Empty : mapping ?? NameMapping.Of(schema), "");
        return new AvroDataReader(file, schema, plan, columns, budget, what, batchRows);
    }

    /// <summary>The next rows, at least one; null at the end of the file. They are valid until the next call.</summary>
    /// <exception cref="LakehouseException">InvalidData: the file is truncated or malformed.</exception>
    public async ValueTask<ColumnBatch?> NextAsync(CancellationToken cancellationToken = default)
    {
        var rows = 0;
        budget.Clear();
        foreach (var column in columns)
        {
            column.Clear();
        }

        while (rows < batchRows && !budget.IsFull)
        {
            if (blockRows == 0)
            {
                if (await file.NextBlockAsync(cancellationToken).ConfigureAwait(false) is not var (count, data))
                {
                    break;
                }

                (blockRows, block) = (count, data);
            }

            rows += Decode(batchRows - rows);
        }

        Position += rows;
        return rows == 0 ? null : new AvroBatch(columns, rows);
    }

    private int Decode(int most)
    {
        var reader = new AvroReader(block.Span);
        var rows = 0;
        try
        {
            while (rows < most && rows < blockRows && !budget.IsFull)
            {
                plan.Read(ref reader);
                rows++;
            }
        }
        catch (LakehouseException error)
        {
            throw new LakehouseException(error.Kind, $"{what}: row {Position + rows}: {error.Message}", error);
        }

        block = block[reader.Position..];
        blockRows -= rows;
        return blockRows == 0 && block.Length > 0 ? throw LakehouseException.InvalidData($"{what}: a block has {block.Length} bytes too many") : rows;
    }

    private sealed class AvroBatch(AvroColumn[] columns, int rows) : ColumnBatch
    {
        public override int RowCount => rows;

        public override IReadOnlyList<ColumnVector> Columns => columns;

        protected override void Dispose(bool disposing)
        {
            // The columns are the reader's, which fills them again.
        }
    }
}
