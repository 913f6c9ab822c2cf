using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Context;

/// <summary><c>var(name, default)</c>: the project's variables; those under the project's own name come first.</summary>
internal sealed class VarFunction(PipelineProject project, string nodeName, bool execute) : JinjaCallable
{
    public override object? Invoke(JinjaCall call)
    {
        var name = call.RequireText(0, "name");
        if (TryFind(name, out var value) || call.TryGet(1, "default", out value) || !execute)
        {
            return value;
        }

        throw new JinjaException(JinjaErrorKind.Undefined, $"Required var '{name}' not found in config:\nVars supplied to {nodeName} = {Json.Write(project.Vars, sortKeys: true, indent: 4)}");
    }

    bool TryFind(string name, out object? value) =>
        (project.Vars.TryGet(project.Name, out var own) && own is JinjaDict dict && dict.TryGet(name, out value)) || project.Vars.TryGet(name, out value);

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name == "has_var" ? new JinjaFunction("has_var", call => TryFind(call.RequireText(0, "name"), out _)) : null;
        return value is not null;
    }

    public override string ToString() => "<var>";
}
