using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Avro;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Avro;

/// <summary>Rows of Avro files, each file read by one thread.</summary>
internal sealed class AvroSource(AvroFiles files) : ITableSource
{
    public IReadOnlyList<TableColumn> Columns { get; } =
    [
        .. files.Columns.Select((column, i) => new TableColumn(AvroFiles.ColumnName(i), column.Type)),
        new TableColumn("file_index", IcebergType.Long),
        new TableColumn("file_row_number", IcebergType.Long),
    ];

    public long EstimatedRows => files.Rows;

    public int MaxThreads => files.Paths.Count;

    public ITableScan Open() => new Scan(files);

    sealed class Scan(AvroFiles files) : ITableScan
    {
        int next = -1;

        public ITableReader OpenReader() => new Reader(files, () => Interlocked.Increment(ref next));

        public void Dispose()
        {
            // The readers hold the files.
        }
    }

    sealed class Reader(AvroFiles files, Func<int> take) : ITableReader
    {
        readonly Schema schema = new(0, files.Columns);
        ImmediateFile? stream;
        AvroDataReader? rows;
        int index;

        public int Read(TableRows target)
        {
            while (true)
            {
                if (rows is null)
                {
                    index = take();
                    if (index >= files.Paths.Count)
                    {
                        return 0;
                    }

                    stream = new ImmediateFile(files.Paths[index]);
                    rows = Completed(AvroDataReader.OpenAsync(stream, files.Paths[index], schema, files.Mapping, TableRows.Capacity));
                }

                var start = rows.Position;
                var read = rows.NextAsync();
                using var batch = read.IsCompleted ? read.GetAwaiter().GetResult() : Completed(read.AsTask());
                if (batch is not null)
                {
                    Fill(target, batch, start);
                    return batch.RowCount;
                }

                Dispose();
            }
        }

        public void Dispose()
        {
            rows = null;
            stream?.Dispose();
            stream = null;
        }

        void Fill(TableRows target, Formats.Columns.ColumnBatch batch, long start)
        {
            var count = batch.RowCount;
            for (var i = 0; i < batch.Columns.Count; i++)
            {
                target.Copy(i, batch.Columns[i], count);
            }

            target.Values<long>(batch.Columns.Count)[..count].Fill(index);
            var positions = target.Values<long>(batch.Columns.Count + 1);
            for (var i = 0; i < count; i++)
            {
                positions[i] = start + i;
            }
        }

        /// <summary>The stream gives its bytes at once, so that nothing is waited for: these threads are DuckDB's.</summary>
        static T Completed<T>(Task<T> task) => task.GetAwaiter().GetResult();
    }
}
