using System.Text;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>Packs the adds of a Parquet checkpoint, column by column as they come.</summary>
sealed class AddPacker
{
    const int PieceSize = 4 << 20;

    readonly string source;
    readonly List<PackedFiles> files;
    readonly bool boundsCountNan;
    readonly Dictionary<string, int> positions = new(StringComparer.Ordinal);
    readonly List<ParquetSelection> columns = [];
    PackedFiles piece;
    int filled;

    public AddPacker(string source, List<PackedFiles> files, ParquetColumn add, bool boundsCountNan)
    {
        this.source = source;
        this.files = files;
        this.boundsCountNan = boundsCountNan;
        piece = NewPiece(PieceSize);
        Select(add, "path", ParquetForm.Text);
        Select(add, "partitionValues", ParquetForm.Json);
        Select(add, "size", ParquetForm.Long);
        Select(add, "modificationTime", ParquetForm.Long);
        if (!Select(add, "stats", ParquetForm.Text) && Select(add, "stats_parsed", ParquetForm.JsonOfTexts))
        {
            positions["stats"] = positions["stats_parsed"];
        }
        else
        {
            // Some rows may have but the one form, and some the other.
            Select(add, "stats_parsed", ParquetForm.JsonOfTexts);
        }

        Select(add, "baseRowId", ParquetForm.Long);
        Select(add, "defaultRowCommitVersion", ParquetForm.Long);
        if (CheckpointReader.Find(add, "deletionVector") is { } vector)
        {
            foreach (var (name, form) in new[] { ("storageType", ParquetForm.Text), ("pathOrInlineDv", ParquetForm.Text), ("offset", ParquetForm.Long), ("sizeInBytes", ParquetForm.Long), ("cardinality", ParquetForm.Long) })
            {
                if (CheckpointReader.Find(vector, name) is not null)
                {
                    positions[name] = columns.Count;
                    columns.Add(new ParquetSelection(["add", "deletionVector", name], form));
                }
            }
        }
    }

    /// <summary>The columns to read, as <see cref="Take"/> takes them.</summary>
    public IReadOnlyList<ParquetSelection> Columns => columns;

    public void Take(ColumnBatch batch)
    {
        var path = Column(batch, "path")!;
        var partition = Column(batch, "partitionValues");
        var (size, time) = (Column(batch, "size"), Column(batch, "modificationTime"));
        var (stats, parsed) = (Column(batch, "stats"), Column(batch, "stats_parsed"));
        var (rowId, commit) = (Column(batch, "baseRowId"), Column(batch, "defaultRowCommitVersion"));
        for (var row = 0; row < batch.RowCount; row++)
        {
            var texts = stats is null || stats.IsNull(row) ? parsed : stats;
            Reserve(path.Bytes(row).Length + Length(partition, row) + Length(texts, row));
            var packed = new PackedFile
            {
                Path = Copy(path, row),
                Partition = Copy(partition, row),
                Stats = Copy(texts, row),
                Size = Number(size, row),
                ModificationTime = Number(time, row),
                BaseRowId = Number(rowId, row),
                DefaultRowCommitVersion = Number(commit, row),
            };
            if (packed.Path.Length <= 0 || packed.Size == PackedFile.None)
            {
                throw LakehouseException.InvalidData($"{source}: an add has no path or no size");
            }

            if (Column(batch, "storageType") is { } type && !type.IsNull(row))
            {
                piece.Vectors.Add(Vector(batch, row));
                packed.Vector = piece.Vectors.Count;
            }

            piece.Add(packed);
        }
    }

    public void Complete()
    {
        if (piece.Count > 0)
        {
            files.Add(piece);
        }
    }

    bool Select(ParquetColumn add, string name, ParquetForm form)
    {
        if (CheckpointReader.Find(add, name) is not { } column || (form == ParquetForm.JsonOfTexts && column.Children.Count == 0))
        {
            return false;
        }

        positions[name] = columns.Count;
        columns.Add(new ParquetSelection(["add", name], form));
        return true;
    }

    DeletionVectorDescriptor Vector(ColumnBatch batch, int row)
    {
        var (path, offset) = (Column(batch, "pathOrInlineDv"), Number(Column(batch, "offset"), row));
        var (size, cardinality) = (Number(Column(batch, "sizeInBytes"), row), Number(Column(batch, "cardinality"), row));
        return path is not null && !path.IsNull(row) && size is >= 0 and <= int.MaxValue && cardinality >= 0 && offset is PackedFile.None or (>= 0 and <= int.MaxValue)
            ? new DeletionVectorDescriptor(
                Encoding.UTF8.GetString(Column(batch, "storageType")!.Bytes(row)), Encoding.UTF8.GetString(path!.Bytes(row)), offset == PackedFile.None ? null : (int)offset, (int)size, cardinality)
            : throw LakehouseException.InvalidData($"{source}: a deletion vector lacks a field, or one is out of range");
    }

    ColumnVector? Column(ColumnBatch batch, string name) => positions.TryGetValue(name, out var position) ? batch.Columns[position] : null;

    static int Length(ColumnVector? column, int row) => column is null || column.IsNull(row) ? 0 : column.Bytes(row).Length;

    static long Number(ColumnVector? column, int row) => column is null || column.IsNull(row) ? PackedFile.None : column.Values<long>()[row];

    Range32 Copy(ColumnVector? column, int row)
    {
        if (column is null || column.IsNull(row))
        {
            return Range32.Null;
        }

        var bytes = column.Bytes(row);
        bytes.CopyTo(piece.Bytes.AsSpan(filled));
        var range = new Range32(filled, bytes.Length);
        filled += bytes.Length;
        return range;
    }

    void Reserve(int bytes)
    {
        if (filled + (long)bytes <= piece.Bytes.Length)
        {
            return;
        }

        Complete();
        piece = NewPiece(Math.Max(PieceSize, bytes));
        filled = 0;
    }

    PackedFiles NewPiece(int size) => new(GC.AllocateUninitializedArray<byte>(size), source) { BoundsCountNan = boundsCountNan };
}
