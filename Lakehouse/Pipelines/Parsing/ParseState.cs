using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What the first rendering of a node leaves behind.</summary>
internal sealed class ParseState
{
    public List<NodeRef> Refs { get; } = [];

    public List<SourceRef> Sources { get; } = [];

    /// <summary>Macros that the node calls itself, by unique id.</summary>
    public List<string> Macros { get; } = [];

    /// <summary>What <c>config()</c> says, calls merged.</summary>
    public JinjaDict ConfigCall { get; } = new();

    public EnvReads Env { get; } = new();

    /// <summary>How deep in macros the rendering is: only calls of the node itself count as its own.</summary>
    public int Depth { get; set; }

    public void Refer(NodeRef reference)
    {
        if (!Refs.Exists(r => r.Same(reference)))
        {
            Refs.Add(reference);
        }
    }

    public void Read(SourceRef source)
    {
        if (!Sources.Exists(s => s.SourceName == source.SourceName && s.Table == source.Table))
        {
            Sources.Add(source);
        }
    }
}
