using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Sources.Lines;

/// <summary>
/// Lines that were set aside, with where they came from and why: written by several threads, to be read by one query afterwards. They lie in a file of their own, so that it makes no
/// difference how many there are.
/// Layout of a record: file (int32), position (int64), length of rule, of reason, of the line (int32 each), then the three texts.
/// </summary>
public sealed class LineSpill : ITableSource, IDisposable
{
    const int HeaderSize = 24;
    const int FlushSize = 256 * 1024;
    readonly Lock gate = new();
    readonly FileStream file;
    readonly PrimitiveType rawType;
    long count;
    long length;

    /// <summary>An empty spill.</summary>
    /// <param name="folder">Local folder for its file, which goes with it.</param>
    /// <param name="rawType">string, when every line is proven to be UTF-8; binary otherwise.</param>
    public LineSpill(string folder, PrimitiveType rawType)
    {
        this.rawType = rawType;
        var path = Path.Combine(folder, $"lines-{Guid.NewGuid():N}.spill");
        file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, bufferSize: 0, FileOptions.DeleteOnClose);
        if (!OperatingSystem.IsWindows())
        {
            // Gone at once by name, so that a killed process leaves nothing; Windows sees to that itself.
            File.Delete(path);
        }
    }

    /// <summary>Lines in it.</summary>
    public long Count => Interlocked.Read(ref count);

    /// <summary>Bytes that its file has.</summary>
    public long Bytes => Interlocked.Read(ref length);

    /// <inheritdoc />
    public IReadOnlyList<TableColumn> Columns =>
    [
        new(LineTable.FileColumn, IcebergType.Int), new("position", IcebergType.Long), new("rule", IcebergType.String), new("reason", IcebergType.String), new("raw", rawType),
    ];

    /// <inheritdoc />
    public long EstimatedRows => 1000 + Count;

    /// <inheritdoc />
    public int MaxThreads => 1;

    /// <inheritdoc />
    public ITableScan Open() => new Scan(this);

    /// <inheritdoc />
    public void Dispose() => file.Dispose();

    internal void Clear()
    {
        lock (gate)
        {
            file.SetLength(0);
            count = 0;
            length = 0;
        }
    }

    internal Writer OpenWriter() => new(this);

    /// <summary>Collects the lines of one thread.</summary>
    internal sealed class Writer(LineSpill spill) : IDisposable
    {
        readonly ArrayBufferWriter<byte> records = new();
        long added;

        public void Add(int file, long position, string rule, ReadOnlySpan<byte> reason, ReadOnlySpan<byte> raw)
        {
            var header = records.GetSpan(HeaderSize);
            BinaryPrimitives.WriteInt32LittleEndian(header, file);
            BinaryPrimitives.WriteInt64LittleEndian(header[4..], position);
            BinaryPrimitives.WriteInt32LittleEndian(header[12..], Encoding.UTF8.GetByteCount(rule));
            BinaryPrimitives.WriteInt32LittleEndian(header[16..], reason.Length);
            BinaryPrimitives.WriteInt32LittleEndian(header[20..], raw.Length);
            records.Advance(HeaderSize);
            Encoding.UTF8.GetBytes(rule, records);
            records.Write(reason);
            records.Write(raw);
            added++;
            if (records.WrittenCount > FlushSize)
            {
                Flush();
            }
        }

        public void Flush()
        {
            if (added == 0)
            {
                return;
            }

            lock (spill.gate)
            {
                RandomAccess.Write(spill.file.SafeFileHandle, records.WrittenSpan, spill.length);
                spill.length += records.WrittenCount;
                spill.count += added;
            }

            added = 0;
            records.ResetWrittenCount();
        }

        public void Dispose() => Flush();
    }

    sealed class Scan(LineSpill spill) : ITableScan
    {
        public ITableReader OpenReader() => new Reader(spill);

        public void Dispose()
        {
        }
    }

    sealed class Reader(LineSpill spill) : ITableReader
    {
        byte[] buffer = new byte[FlushSize];
        int start;
        int end;
        long offset;

        public int Read(TableRows rows)
        {
            var row = 0;
            while (row < TableRows.Capacity && Need(HeaderSize))
            {
                var header = buffer.AsSpan(start);
                var file = BinaryPrimitives.ReadInt32LittleEndian(header);
                var position = BinaryPrimitives.ReadInt64LittleEndian(header[4..]);
                var rule = BinaryPrimitives.ReadInt32LittleEndian(header[12..]);
                var reason = BinaryPrimitives.ReadInt32LittleEndian(header[16..]);
                var raw = BinaryPrimitives.ReadInt32LittleEndian(header[20..]);
                var size = HeaderSize + rule + reason + raw;
                if (!Need(size))
                {
                    throw new EndOfStreamException("the lines set aside are cut off");
                }

                var texts = buffer.AsSpan(start + HeaderSize);
                rows.Values<int>(0)[row] = file;
                rows.Values<long>(1)[row] = position;
                rows.SetBytes(2, row, texts[..rule]);
                rows.SetBytes(3, row, texts.Slice(rule, reason));
                rows.SetBytes(4, row, texts.Slice(rule + reason, raw));
                start += size;
                row++;
            }

            return row;
        }

        public void Dispose()
        {
        }

        /// <summary>Has at least that many bytes at hand; false at the end.</summary>
        bool Need(int size)
        {
            if (end - start >= size)
            {
                return true;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
            if (size > buffer.Length)
            {
                Array.Resize(ref buffer, Math.Max(size, buffer.Length * 2));
            }

            int read;
            while (end < size && (read = RandomAccess.Read(spill.file.SafeFileHandle, buffer.AsSpan(end), offset)) > 0)
            {
                end += read;
                offset += read;
            }

            return end >= size;
        }
    }
}
