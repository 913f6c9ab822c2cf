using Lakehouse.Engine.Deletes;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.IO;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Positions;

namespace Lakehouse.Engine.Publishing;

/// <summary>Which rows of data files are deleted, by position: position deletes and deletion vectors as they stand, equality deletes by the rows that they leave.</summary>
/// <param name="store">The store of the tables.</param>
/// <param name="localFiles">Gives local paths of data and delete files.</param>
/// <param name="options">Settings of the database in which equality deletes are applied.</param>
public sealed class DeletedRowPositions(IObjectStore store, ILocalFiles localFiles, DuckDbOptions? options = null) : IDeletedPositions
{
    /// <inheritdoc />
    public async Task<IReadOnlyList<PositionBitmap>> OfAsync(TableMetadata metadata, IReadOnlyList<ScanFile> files, CancellationToken cancellationToken = default)
    {
        using var database = DuckDbDatabase.Open(options);
        using var connection = database.Connect();
        var byPosition = files.Where(file => !HasEqualityDeletes(file)).ToList();
        var target = new ScanTarget(metadata.Location, metadata, metadata.CurrentSchema, byPosition) { Store = store };
        var positions = byPosition.Count == 0 ? null : await PositionDeletes.LoadAsync(connection, target, localFiles, cancellationToken);
        var result = new List<PositionBitmap>(files.Count);
        foreach (var file in files)
        {
            result.Add(HasEqualityDeletes(file) ? await MissingAsync(connection, target with { Files = [file] }, cancellationToken) : positions!.Of(file) ?? new PositionBitmap());
        }

        return result;
    }

    static bool HasEqualityDeletes(ScanFile file) => file.Deletes.Any(delete => delete.File.Content == FileContent.EqualityDeletes);

    /// <summary>The rows of a file that a scan does not give.</summary>
    async Task<PositionBitmap> MissingAsync(DuckDbConnection connection, ScanTarget target, CancellationToken cancellationToken)
    {
        var relation = await SnapshotRelation.BuildAsync(connection, target with { MetadataColumns = [MetadataColumns.Position] }, localFiles, cancellationToken);
        var missing = new PositionBitmap();
        var kept = new PositionBitmap();
        await using var result = await connection.QueryAsync($"SELECT {SqlText.Identifier(MetadataColumns.Position)} FROM {relation.Sql}", cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                kept.AddAll(batch.Columns[0].Values<long>()[..batch.RowCount]);
            }
        }

        missing.AddRange(0, target.Files[0].File.RecordCount);
        missing.ExceptWith(kept);
        return missing;
    }
}
