using LakeAspire.Hosting.Logging;
using LakeAspire.Hosting.Processes;
using LakeAspire.Testing;

namespace LakeAspire.Hosting.Tests.Logging;

public sealed class LogTests
{
    [Fact]
    public void A_log_file_is_put_aside_at_its_limit_and_holds_no_colours()
    {
        using var folder = new TempFolder();
        using (var file = new LogFile(folder.Below("a.log"), limit: 1000))
        {
            for (var i = 0; i < 1000; i++)
            {
                file.Write($"\e[32mline\e[0m {i:0000}");
            }
        }

        var (now, before) = (File.ReadAllText(folder.Below("a.log")), File.ReadAllText(folder.Below("a.log.1")));
        Assert.EndsWith("line 0999\n", now, StringComparison.Ordinal);
        Assert.DoesNotContain("\e", now, StringComparison.Ordinal);
        Assert.InRange(now.Length + before.Length, 1000, 2100);
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public async Task A_follower_gets_the_backlog_and_then_every_line()
    {
        using var log = new ResourceLog(file: null, new LogRedaction(), TimeProvider.System);
        log.Add("before", isError: false);
        var seen = new List<string>();
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var reading = Task.Run(async () =>
        {
            await foreach (var batch in log.ReadAsync(follow: true, enough.Token))
            {
                lock (seen)
                {
                    seen.AddRange(batch.Select(l => $"{l.LineNumber} {l.Content}"));
                    if (seen.Count == 2)
                    {
                        return;
                    }
                }
            }
        });
        await Eventually.IsTrueAsync(() => { lock (seen) { return seen.Count == 1; } }, "the backlog has come");
        log.Add("after", isError: true);
        await reading;
        Assert.Equal(["1 before", "2 after"], seen);
    }

    [Fact]
    public void Memory_is_bounded()
    {
        using var log = new ResourceLog(file: null, new LogRedaction(), TimeProvider.System);
        for (var i = 0; i < 20_000; i++)
        {
            log.Add("x", isError: false);
        }

        Assert.Equal(5_000, log.ReadAsync(follow: false).ToBlockingEnumerable().Sum(batch => batch.Count));
    }

    [Fact]
    public void The_unhandled_exception_is_what_a_program_said_last()
    {
        using var log = new ResourceLog(file: null, new LogRedaction(), TimeProvider.System);
        log.Add("Unhandled exception. System.IO.IOException: disk full", isError: true);
        log.Add("   at Program.Main()", isError: true);
        Assert.Equal("System.IO.IOException: disk full", log.LastWords());
    }

    [Fact]
    public async Task A_line_without_end_comes_in_pieces()
    {
        var lines = new List<string>();
        using var reader = new StreamReader(new MemoryStream([.. Enumerable.Repeat((byte)'x', 40_000), (byte)'\r', (byte)'\n', (byte)'y']));
        await LinePump.RunAsync(reader, lines.Add);
        Assert.Equal([16384, 16384, 7232, 1], lines.Select(l => l.Length));
    }
}
