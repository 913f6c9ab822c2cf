using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Execution;

/// <summary>What is said of a node that failed: what kind of error, where, and the text, as dbt lays it out.</summary>
internal static class ErrorText
{
    public static string Of(GraphNode node, Exception error)
    {
        var (kind, text) = error is PipelineException { Kind: not (PipelineErrorKind.Sql or PipelineErrorKind.Source) } wrong ? ("Compilation Error", wrong.Reason)
            : ("Runtime Error", error is PipelineException failed ? failed.Reason : error.Message);
        return $"{kind} in {node.ResourceType.Word()} {node.Name} ({node.OriginalFilePath})\n{Indented(text)}";
    }

    static string Indented(string text) => string.Join('\n', text.Split('\n').Select(line => "  " + line.TrimEnd('\r')));
}
