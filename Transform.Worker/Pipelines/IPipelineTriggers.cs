namespace LakeAspire.Transform.Pipelines;

/// <summary>Which pipelines read a table, and the start of their runs when it has changed.</summary>
public interface IPipelineTriggers
{
    /// <summary>The pipelines that declare the table as a source, by name; empty when none does.</summary>
    /// <param name="namespace">Namespace, for instance <c>bronze</c>.</param>
    /// <param name="table">Table name.</param>
    IReadOnlyList<string> PipelinesReading(string @namespace, string table);

    /// <summary>
    /// Says that a commit changed a table; returns at once. A short while after the last of several calls, one run of each pipeline that reads the table is
    /// requested, in the trace of the first call (the activity that is current when it is made).
    /// </summary>
    /// <param name="namespace">Namespace, for instance <c>bronze</c>.</param>
    /// <param name="table">Table name.</param>
    void TableCommitted(string @namespace, string table);
}
