using System.Threading.Channels;

namespace LakeAspire.Hosting.Terminal;

/// <summary>Lines for the person who started the application.</summary>
internal sealed class Notices
{
    readonly Channel<string> lines = Channel.CreateUnbounded<string>();
    readonly HashSet<string> said = new(StringComparer.Ordinal);

    public ChannelReader<string> Reader => lines.Reader;

    /// <summary>Says something, once.</summary>
    public void Add(string line)
    {
        lock (said)
        {
            if (!said.Add(line))
            {
                return;
            }
        }

        lines.Writer.TryWrite(line);
    }
}
