using System.Diagnostics.Metrics;
using LakeAspire.Testing;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Metering;

namespace Lakehouse.Storage.Tests;

public sealed class MeteringTests : IDisposable
{
    readonly TempFolder temp = new();

    public void Dispose() => temp.Dispose();

    [Fact]
    public async Task Bytes_and_outcomes_are_measured()
    {
        // The instruments are the process's; the name of the system keeps this test's measurements apart.
        var system = Guid.NewGuid().ToString("N");
        var bytes = new List<(string Direction, long Bytes)>();
        var operations = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == StorageTelemetry.Name)
            {
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (Tag(tags, "lakehouse.storage.system") == system)
            {
                bytes.Add((Tag(tags, "lakehouse.storage.direction")!, value));
            }
        });
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            if (Tag(tags, "lakehouse.storage.system") == system)
            {
                operations.Add($"{Tag(tags, "lakehouse.storage.operation")} {Tag(tags, "error.type")}".Trim());
            }
        });
        listener.Start();

        var store = new MeteredObjectStore(new Local.LocalObjectStore(LocalPath.ToLocation(temp.Path)), system);
        await store.PutIfAbsentAsync(store.Root + "/a", new MemoryStream(new byte[1000]));
        await using (var read = await store.OpenReadAsync(store.Root + "/a", new ByteRange(10, 90)))
        {
            await read.CopyToAsync(Stream.Null);
        }

        await Assert.ThrowsAsync<LakehouseException>(() => store.OpenReadAsync(store.Root + "/none"));

        Assert.Equal([("write", 1000L), ("read", 90L)], bytes);
        Assert.Equal(["put_if_absent", "open", "open NotFound"], operations);
    }

    [Fact]
    public void A_scheme_that_nothing_serves_is_refused() =>
        Assert.Equal(LakehouseErrorKind.Unsupported, Assert.Throws<LakehouseException>(() => ObjectStores.Open("ftp://host/folder")).Kind);

    [Fact]
    public void Options_report_all_problems_at_once()
    {
        var options = new StorageOptions { Warehouse = "ftp://host/folder", Scratch = "relative" };

        var problems = options.Problems(nameof(StorageOptions.Landing));

        Assert.Equal(3, problems.Count);
        Assert.StartsWith("Lake:Storage:Warehouse is no usable location", problems[0], StringComparison.Ordinal);
        Assert.Equal("Lake:Storage:Landing is not set", problems[1]);
        Assert.Equal("Lake:Storage:Scratch is not an absolute path", problems[2]);
    }

    static string? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
            {
                return tag.Value as string;
            }
        }

        return null;
    }
}
