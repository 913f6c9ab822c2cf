using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Terminal;
using Spectre.Console;

namespace LakeAspire.Cli.Ingest;

/// <summary>Sends files, a few at a time, with a bar on standard error where that is a terminal.</summary>
internal static class SendProgress
{
    const int AtOnce = 4;

    public static async Task<IReadOnlyList<SentFile>> ShowAsync(FileInfo[] files, FileSender sender, CancellationToken cancellationToken)
    {
        if (!Consoles.Error.Profile.Capabilities.Interactive)
        {
            return await SendAllAsync(files, sender, (_, _) => { }, _ => { }, cancellationToken);
        }

        var total = files.Sum(file => file.Length);
        return await Consoles.Error.Progress()
            .AutoClear(true)
            .Columns(new SpinnerColumn(), new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new TransferSpeedColumn())
            .StartAsync(async context =>
            {
                var bar = context.AddTask($"{files.Length} {(files.Length == 1 ? "file" : "files")}", maxValue: Math.Max(1, total));
                var sent = new long[files.Length];
                void Progress(int at, long bytes)
                {
                    Volatile.Write(ref sent[at], bytes);
                    bar.Value = sent.Sum();
                }

                return await SendAllAsync(files, sender, Progress, done => bar.Description = $"{done} of {files.Length}", cancellationToken);
            });
    }

    static async Task<IReadOnlyList<SentFile>> SendAllAsync(FileInfo[] files, FileSender sender, Action<int, long> progress, Action<int> finished, CancellationToken cancellationToken)
    {
        var results = new SentFile[files.Length];
        var done = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, files.Length), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (at, token) =>
        {
            results[at] = await sender.SendAsync(files[at], bytes => progress(at, bytes), token);
            finished(Interlocked.Increment(ref done));
        });
        return results;
    }
}
