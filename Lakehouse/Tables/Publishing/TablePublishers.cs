using Lakehouse.Engine;
using Lakehouse.Engine.Delta;
using Lakehouse.Engine.Publishing;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;

namespace Lakehouse.Tables.Publishing;

/// <summary>Publishes the tables of a lake as Delta, each in its own folder, with what the engine has for it. Remembers where the logs of some tables are, so that the next commit is found at once.</summary>
/// <param name="store">Store of the warehouse.</param>
/// <param name="localFiles">Gives local paths of checkpoints, data and delete files.</param>
/// <param name="scratch">Folder in which checkpoints are made.</param>
/// <param name="options">Settings of the databases that do it.</param>
/// <param name="time">Clock.</param>
public sealed class TablePublishers(IObjectStore store, ILocalFiles localFiles, string scratch, DuckDbOptions? options = null, TimeProvider? time = null) : IDisposable
{
    const int Remembered = 256;

    readonly Lock gate = new();
    readonly LinkedList<(Guid Table, DeltaPublisher Publisher)> idle = [];
    readonly DuckDbParquetReader parquet = new(localFiles);

    /// <summary>Publishes what is not published yet of a table; null when its property <see cref="PublishOptions.Switch"/> says not to.</summary>
    /// <exception cref="LakehouseException">The store failed, or the table is damaged; the next call goes on where this one ended.</exception>
    public async Task<PublishResult?> PublishAsync(TableMetadata metadata, CancellationToken cancellationToken = default)
    {
        if (!PublishOptions.Of(metadata).IsOn)
        {
            return null;
        }

        var publisher = Take(metadata.TableUuid);
        var result = await publisher.PublishAsync(metadata, cancellationToken);
        GiveBack(metadata.TableUuid, publisher);
        return result;
    }

    /// <inheritdoc />
    public void Dispose() => parquet.Dispose();

    DeltaPublisher Take(Guid table)
    {
        lock (gate)
        {
            for (var node = idle.First; node is not null; node = node.Next)
            {
                if (node.Value.Table == table)
                {
                    idle.Remove(node);
                    return node.Value.Publisher;
                }
            }
        }

        return new DeltaPublisher(store, parquet, new CheckpointWriter(store, localFiles, scratch, options), new DeletedRowPositions(store, localFiles, options), time);
    }

    void GiveBack(Guid table, DeltaPublisher publisher)
    {
        lock (gate)
        {
            idle.AddFirst((table, publisher));
            if (idle.Count > Remembered)
            {
                idle.RemoveLast();
            }
        }
    }
}
