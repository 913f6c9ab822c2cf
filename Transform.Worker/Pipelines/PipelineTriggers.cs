namespace LakeAspire.Transform.Pipelines;

/// <summary>The sources of the loaded pipelines, and the queue of runs to request.</summary>
internal sealed class PipelineTriggers(TriggerQueue queue) : IPipelineTriggers
{
    volatile ILookup<(string Namespace, string Table), string> readers = Array.Empty<int>().ToLookup(_ => ("", ""), _ => "");

    /// <summary>Replaces the mapping.</summary>
    public void Set(IEnumerable<(string Pipeline, string Namespace, string Table)> sources) =>
        readers = sources.Distinct().ToLookup(s => (s.Namespace, s.Table), s => s.Pipeline);

    public IReadOnlyList<string> PipelinesReading(string @namespace, string table) => [.. readers[(@namespace, table)]];

    public void TableCommitted(string @namespace, string table)
    {
        foreach (var pipeline in readers[(@namespace, table)])
        {
            queue.Add(pipeline);
        }
    }
}
