using Lakehouse.Engine.Publishing;
using Lakehouse.Formats;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.Delta.Publishing;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables.Tests.Publishing;

/// <summary>A publisher that dies at any operation of its store leaves a log that the next one continues, without a gap and without a version twice.</summary>
public sealed class CrashTests
{
    static readonly NestedField Id = PublishLab.Field(1, "id", IcebergType.Long);
    static readonly NestedField Name = PublishLab.Field(2, "name", IcebergType.String);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_publisher_dies_at_every_operation(bool after)
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name), formatVersion: 3, properties: ("delta.checkpointInterval", "2"));
        var a = (await lab.AppendAsync("SELECT i AS id, 'a' || i AS name FROM range(100) AS r(i)"))[0];
        await lab.AppendAsync("SELECT i AS id, 'b' || i AS name FROM range(10) AS r(i)");
        var vectors = await lab.VectorsAsync((a, [1, 2, 3]));
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = vectors });
        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = await lab.VectorsAsync((a, [1, 2, 3, 4])), RemovedDeleteFiles = vectors });
        await lab.CommitAsync(new SnapshotChange { RemovedDataFiles = [a.FilePath], AddedDataFiles = await lab.WriteAsync("SELECT i AS id, 'c' || i AS name FROM range(7) AS r(i)") });
        var deaths = 0;
        for (var operation = 0; ; operation++)
        {
            lab.Unpublish();
            var mortal = new MortalStore(lab.Store, operation, after);
            try
            {
                await lab.Publisher(mortal).PublishAsync(lab.Table, TestContext.Current.CancellationToken);
            }
            catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Unavailable)
            {
                deaths++;
            }

            var result = await lab.PublishAsync();
            Assert.Equal((4L, (PublishStop?)null), (result.Version, result.Stop));
            for (var version = 0; version <= 4; version++)
            {
                Assert.Equal(lab.Snapshots[version].SequenceNumber, lab.Actions(version).OfType<TransactionAction>().First().Version);
            }

            Assert.Equal(17, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM {await lab.DeltaAsync()}"));
            Assert.Equal(103, await lab.Connection.ScalarAsync<long>($"SELECT count(*) FROM {await lab.DeltaAsync(3)}") - 3);
            if (!mortal.IsDead)
            {
                break;
            }
        }

        Assert.True(deaths > 40, $"only {deaths} deaths");
    }

    [Fact]
    public async Task Publishers_that_race_lose_nothing_and_write_nothing_twice()
    {
        using var lab = new PublishLab(PublishLab.Columns(Id, Name));
        for (var i = 0; i < 8; i++)
        {
            await lab.AppendAsync($"SELECT {i} AS id, 'x' AS name");
        }

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => lab.Publisher().PublishAsync(lab.Table))));
        Assert.Equal(8, results.Sum(result => result.Written));
        Assert.All(results, result => Assert.Equal(7L, result.Version));
        await lab.SameRowsAsync();
    }
}
