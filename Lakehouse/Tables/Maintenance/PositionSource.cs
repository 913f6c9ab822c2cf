using System.Text;
using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Tables.Maintenance;

/// <summary>Deleted positions of data files as a table of locations and positions. A function stays with its database; disposing lets go of the positions.</summary>
sealed class PositionSource(IReadOnlyList<(DataFile File, PositionBitmap Positions)> deleted) : ITableSource, IDisposable
{
    IReadOnlyList<(DataFile File, PositionBitmap Positions)> deleted = deleted;

    public string Name { get; } = $"lakeaspire_positions_{Guid.NewGuid():N}";

    public IReadOnlyList<TableColumn> Columns { get; } = [new("file_path", IcebergType.String), new("pos", IcebergType.Long)];

    public long EstimatedRows => deleted.Sum(item => item.Positions.Cardinality);

    public int MaxThreads => 1;

    public ITableScan Open() => new Scan(deleted);

    public void Dispose() => deleted = [];

    sealed class Scan(IReadOnlyList<(DataFile File, PositionBitmap Positions)> deleted) : ITableScan
    {
        public ITableReader OpenReader() => new Reader(deleted);

        public void Dispose()
        {
        }
    }

    sealed class Reader(IReadOnlyList<(DataFile File, PositionBitmap Positions)> deleted) : ITableReader
    {
        int file;
        PositionCursor? cursor;

        public int Read(TableRows rows)
        {
            for (; file < deleted.Count; file++, cursor = null)
            {
                cursor ??= deleted[file].Positions.OpenCursor();
                var count = cursor.Fill(rows.Values<long>(1)[..TableRows.Capacity]);
                if (count == 0)
                {
                    continue;
                }

                var location = Encoding.UTF8.GetBytes(deleted[file].File.FilePath);
                for (var row = 0; row < count; row++)
                {
                    rows.SetBytes(0, row, location);
                }

                return count;
            }

            return 0;
        }

        public void Dispose()
        {
        }
    }
}
