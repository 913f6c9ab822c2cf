using Lakehouse.Engine.Native;
using Lakehouse.Formats.Columns;

namespace Lakehouse.Engine.Results;

/// <summary>A chunk of DuckDB's, up to 2048 rows, read where it lies.</summary>
internal sealed class DuckDbBatch : ColumnBatch
{
    readonly ChunkHandle chunk;
    readonly DuckDbVector[] columns;

    public DuckDbBatch(ChunkHandle chunk, ColumnLayout[] layouts)
    {
        this.chunk = chunk;
        RowCount = (int)NativeMethods.duckdb_data_chunk_get_size(chunk);
        columns = new DuckDbVector[layouts.Length];
        for (var i = 0; i < layouts.Length; i++)
        {
            columns[i] = DuckDbVector.Create(layouts[i], NativeMethods.duckdb_data_chunk_get_vector(chunk, (ulong)i), RowCount, this);
        }
    }

    public override int RowCount { get; }

    public override IReadOnlyList<ColumnVector> Columns => columns;

    public bool IsDisposed => chunk.IsClosed;

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            chunk.Dispose();
        }
    }
}
