using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Lineage;

/// <summary>Events on their way to the catalog. Adding one never waits: lineage tells of work, and holds none up.</summary>
internal sealed class LineageQueue
{
    readonly Channel<JsonObject> events;
    long dropped;

    public LineageQueue(IOptions<LineageOptions> options)
    {
        IsEnabled = options.Value.Enabled;
        events = Channel.CreateBounded<JsonObject>(
            new BoundedChannelOptions(options.Value.MaxWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }, _ => Interlocked.Increment(ref dropped));
    }

    public bool IsEnabled { get; }

    public ChannelReader<JsonObject> Reader => events.Reader;

    public void Add(params IEnumerable<JsonObject> happened)
    {
        foreach (var one in IsEnabled ? happened : [])
        {
            events.Writer.TryWrite(one);
        }
    }

    /// <summary>How many were lost since it was last asked.</summary>
    public long TakeDropped() => Interlocked.Exchange(ref dropped, 0);
}
