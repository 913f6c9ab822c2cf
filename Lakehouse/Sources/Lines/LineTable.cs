using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Lakehouse.Engine.TableFunctions;
using Lakehouse.Rules.Contracts;

namespace Lakehouse.Sources.Lines;

/// <summary>
/// The good lines of NDJSON files as rows, read by several threads. Lines that are no events go to <see cref="Faulty"/> on the way, and events that the plan does not decide to
/// <see cref="Undecided"/>: each line goes to exactly one of the three, and blank lines nowhere.
/// </summary>
public sealed class LineTable : ITableSource
{
    /// <summary>Column with the number of the file.</summary>
    public const string FileColumn = "file";

    readonly IReadOnlyList<LineFile> files;
    readonly FastPlan? plan;
    readonly int maxThreads;

    /// <summary>A table of lines.</summary>
    /// <param name="files">Files.</param>
    /// <param name="plan">How lines become rows; without one, every event is undecided.</param>
    /// <param name="undecided">Receives the events that are left to SQL.</param>
    /// <param name="faulty">Receives the lines that are no events.</param>
    /// <param name="maxThreads">Threads that may read at once.</param>
    public LineTable(IReadOnlyList<LineFile> files, FastPlan? plan, LineSpill undecided, LineSpill faulty, int maxThreads)
    {
        this.files = files;
        this.plan = plan;
        this.maxThreads = maxThreads;
        Undecided = undecided;
        Faulty = faulty;
    }

    /// <summary>Events that are left to SQL.</summary>
    public LineSpill Undecided { get; }

    /// <summary>Lines that are no events.</summary>
    public LineSpill Faulty { get; }

    /// <inheritdoc />
    public IReadOnlyList<TableColumn> Columns => plan?.TableColumns ?? [new TableColumn(FileColumn, Formats.Iceberg.IcebergType.Int)];

    /// <inheritdoc />
    public long EstimatedRows => 1000 + (files.Sum(f => new FileInfo(f.Path) is { Exists: true } info ? info.Length : 0) / 100);

    /// <inheritdoc />
    public int MaxThreads => maxThreads;

    /// <inheritdoc />
    public ITableScan Open()
    {
        // Read again from the start, the lines set aside come again too.
        Undecided.Clear();
        Faulty.Clear();
        return new Scan(this, new BlockReader(files));
    }

    sealed class Scan(LineTable table, BlockReader blocks) : ITableScan
    {
        public ITableReader OpenReader() => new Reader(table, blocks);

        public void Dispose() => blocks.Dispose();
    }

    sealed class Reader(LineTable table, BlockReader blocks) : ITableReader
    {
        readonly Block block = new();
        readonly FieldValue[] values = new FieldValue[table.plan?.Fields.Slots ?? 0];
        readonly LineSpill.Writer undecided = table.Undecided.OpenWriter();
        readonly LineSpill.Writer faulty = table.Faulty.OpenWriter();
        int at;
        long line;
        bool isUtf8;

        public int Read(TableRows rows)
        {
            var count = 0;
            while (count == 0)
            {
                if (at >= block.Length && !NextBlock())
                {
                    undecided.Flush();
                    faulty.Flush();
                    return 0;
                }

                // Rows refer to the block, so that a chunk ends with it.
                count = ReadBlock(rows);
            }

            return count;
        }

        public void Dispose()
        {
            undecided.Dispose();
            faulty.Dispose();
        }

        bool NextBlock()
        {
            at = 0;
            if (!blocks.Next(block))
            {
                block.Cut(0);
                return false;
            }

            line = block.FirstLine;
            at = line == 1 ? block.Length - LineText.WithoutMark(block.Text).Length : 0;
            isUtf8 = Utf8.IsValid(block.Text);
            return true;
        }

        int ReadBlock(TableRows rows)
        {
            var text = block.Text;
            var plan = table.plan;
            var fields = plan?.Fields ?? FieldPlan.Nothing;
            var fileColumn = rows.Values<int>(0);
            var count = 0;
            while (count < TableRows.Capacity && at < text.Length)
            {
                var start = at;
                var scan = JsonLineScanner.Scan(text, start, fields, values);
                at = scan.End + 1;
                var number = line++;
                if (scan.Kind == LineKind.Blank)
                {
                    continue;
                }

                var content = text[start..scan.End];
                if (!isUtf8 && !Utf8.IsValid(content))
                {
                    faulty.Add(block.File, number, RuleNames.MalformedJson, "the line is not UTF-8"u8, content);
                }
                else if (scan.Kind != LineKind.Object)
                {
                    faulty.Add(block.File, number, scan.Kind == LineKind.Malformed ? RuleNames.MalformedJson : RuleNames.NotAnObject, Reason(scan, start), content);
                }
                else if (plan is not null && !scan.IsAmbiguous && TryWrite(plan, text, content, number, rows, count))
                {
                    fileColumn[count++] = block.File;
                }
                else
                {
                    undecided.Add(block.File, number, rule: "", reason: [], Trimmed(content));
                }
            }

            return count;
        }

        bool TryWrite(FastPlan plan, ReadOnlySpan<byte> text, ReadOnlySpan<byte> content, long number, TableRows rows, int row)
        {
            foreach (var column in plan.Columns)
            {
                if (!column.TryWrite(text, values[column.Slot], rows, row))
                {
                    // The next line takes this row.
                    rows.Reset(row);
                    return false;
                }
            }

            if (plan.RawColumn >= 0)
            {
                rows.SetPinned(plan.RawColumn, row, Trimmed(content));
            }

            if (plan.PositionColumn >= 0)
            {
                rows.Values<long>(plan.PositionColumn)[row] = number;
            }

            return true;
        }

        /// <summary>An event without the white space around it, a carriage return in particular.</summary>
        static ReadOnlySpan<byte> Trimmed(ReadOnlySpan<byte> content) => content.Trim(" \t\r"u8);

        static byte[] Reason(LineScan scan, int start) => scan.Kind == LineKind.NotAnObject
            ? "the line is JSON, but no object"u8.ToArray()
            : Encoding.UTF8.GetBytes(scan.StoppedAt >= scan.End
                ? string.Create(CultureInfo.InvariantCulture, $"the line is not JSON: it ends too early, after {scan.End - start} bytes")
                : string.Create(CultureInfo.InvariantCulture, $"the line is not JSON: byte {scan.StoppedAt - start + 1} does not fit"));
    }
}
