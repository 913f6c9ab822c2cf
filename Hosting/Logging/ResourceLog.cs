using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;

namespace LakeAspire.Hosting.Logging;

/// <summary>The console of one resource: the latest lines, those who follow them, and a file.</summary>
internal sealed class ResourceLog(LogFile? file, LogRedaction redaction, TimeProvider time) : ILogger, IDisposable
{
    const int Kept = 5_000;
    const int Batch = 500;
    const int LastLines = 100;
    const string UnhandledException = "Unhandled exception.";

    readonly Lock gate = new();
    readonly Queue<LogLine> lines = new();
    readonly List<ChannelWriter<LogLine>> followers = [];
    int last;

    public void Add(string text, bool isError)
    {
        text = redaction.Apply(text);
        lock (gate)
        {
            var line = new LogLine(++last, text, isError);
            lines.Enqueue(line);
            if (lines.Count > Kept)
            {
                lines.Dequeue();
            }

            foreach (var follower in followers)
            {
                follower.TryWrite(line);
            }

            file?.Write(text);
        }
    }

    /// <summary>What a process that failed said about it: its unhandled exception, or else its last error line.</summary>
    public string? LastWords()
    {
        lock (gate)
        {
            var errors = lines.Where(l => l.IsErrorMessage && !string.IsNullOrWhiteSpace(l.Content)).Select(l => l.Content.Trim()).TakeLast(LastLines).ToList();
            return errors.LastOrDefault(l => l.StartsWith(UnhandledException, StringComparison.Ordinal))?[UnhandledException.Length..].Trim() ?? errors.LastOrDefault();
        }
    }

    public async IAsyncEnumerable<IReadOnlyList<LogLine>> ReadAsync(bool follow, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var channel = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Kept) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        LogLine[] backlog;
        lock (gate)
        {
            backlog = [.. lines];
            if (follow)
            {
                followers.Add(channel.Writer);
            }
        }

        try
        {
            foreach (var chunk in backlog.Chunk(Batch))
            {
                yield return chunk;
            }

            while (follow && await channel.Reader.WaitToReadAsync(cancellationToken))
            {
                var batch = new List<LogLine>();
                while (batch.Count < Batch && channel.Reader.TryRead(out var line))
                {
                    batch.Add(line);
                }

                yield return batch;
            }
        }
        finally
        {
            lock (gate)
            {
                followers.Remove(channel.Writer);
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            var text = formatter(state, exception) + (exception is null ? "" : $": {exception.Message}");
            Add($"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffffff} [host] {text}", logLevel >= LogLevel.Error);
        }
    }

    public void Dispose()
    {
        lock (gate)
        {
            file?.Dispose();
        }
    }
}
