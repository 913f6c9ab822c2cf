using System.Runtime.ExceptionServices;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Reads files, several at a time.</summary>
internal static class SourceFiles
{
    public static void Read(IReadOnlyList<ScannedFile> files) => InParallel(files, file =>
    {
        // Seeds are loaded when they run; only their hash is wanted here.
        if (file.Kind != FileKind.Seed)
        {
            file.Text = Normal(File.ReadAllText(file.FullPath));
        }

        return true;
    });

    /// <summary>The text as dbt takes it: line feeds only, no white space at both ends.</summary>
    public static string Normal(string text) =>
        (text.Contains('\r', StringComparison.Ordinal) ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text).Trim();

    /// <summary>Does the same for all items, several at a time; the results are in their order. Of several failures, that of the first item is thrown.</summary>
    public static TResult[] InParallel<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> action)
    {
        var results = new TResult[items.Count];
        var failures = new ExceptionDispatchInfo?[items.Count];
        Parallel.For(0, items.Count, i =>
        {
            try
            {
                results[i] = action(items[i]);
            }
            catch (PipelineException error)
            {
                failures[i] = ExceptionDispatchInfo.Capture(error);
            }
        });
        failures.FirstOrDefault(f => f is not null)?.Throw();
        return results;
    }
}
