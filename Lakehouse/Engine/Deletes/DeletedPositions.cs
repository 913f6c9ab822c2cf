using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Deletes;

/// <summary>
/// Deleted rows of some data files by their positions, as a condition in SQL that keeps the other rows. Reading the files with the condition costs less than a join against the
/// positions: one function looks them up in the bitmaps, whatever the number of files.
/// <code>
/// var deleted = new DeletedPositions([bitmapOfA, bitmapOfB]);
/// deleted.Register(connection);
/// $"SELECT … FROM read_parquet(['a.parquet', 'b.parquet']) AS f WHERE {deleted.Condition("f")}"
/// </code>
/// </summary>
/// <param name="Name">Name of the function, unique in its database.</param>
/// <param name="Files">The deleted positions of each file, in the order in which <c>read_parquet</c> lists them.</param>
public sealed record DeletedPositions(string Name, IReadOnlyList<PositionBitmap> Files) : RelationInput(Name)
{
    /// <summary>Under a name of its own.</summary>
    public DeletedPositions(IReadOnlyList<PositionBitmap> files)
        : this($"lakeaspire_kept_{Guid.NewGuid():N}", files)
    {
    }

    /// <summary>The positions that the position deletes and deletion vectors of a target delete, for each of its files; null where there are none. Bitmaps may be shared: copy them before a change.</summary>
    /// <exception cref="Formats.LakehouseException">InvalidData: a delete file is damaged.</exception>
    public static async Task<IReadOnlyList<PositionBitmap?>> LoadAsync(DuckDbConnection connection, ScanTarget target, ILocalFiles localFiles, CancellationToken cancellationToken = default)
    {
        var deletes = await PositionDeletes.LoadAsync(connection, target, localFiles, cancellationToken);
        return [.. target.Files.Select(deletes.Of)];
    }

    /// <summary>The condition over the rows of a <c>read_parquet</c> (or another source with the columns <c>file_index</c> and <c>file_row_number</c>) that is known as <paramref name="alias"/>.</summary>
    public string Condition(string alias) => Files.Count == 1 ? $"{Name}(0, {alias}.file_row_number)" : $"{Name}(CAST({alias}.file_index AS BIGINT), {alias}.file_row_number)";

    /// <summary>
    /// Makes the function known to the database of the connection, for as long as that is open; the bitmaps must not change any more. To be done once in each database that reads the
    /// relation.
    /// </summary>
    /// <exception cref="EngineException">There is such a function already.</exception>
    public override void Register(DuckDbConnection connection) => KeptFunction.Register(connection, Name, [.. Files]);
}
