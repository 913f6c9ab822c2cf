using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Context;

/// <summary><c>var(name, default)</c> when SQL is made: a variable that is missing is an error.</summary>
/// <param name="known">The variables.</param>
/// <param name="asker">Who asks, for messages.</param>
internal sealed class Variables(JinjaDict known, string asker) : JinjaCallable
{
    /// <summary>The variables that a package sees: those of the command before the root project's for that package, before the root project's, before the package's own.</summary>
    public static JinjaDict Of(Project root, Project package, JinjaDict commandLine)
    {
        var known = new JinjaDict();
        if (package.Name != root.Name)
        {
            Add(package.Vars);
            Add(Own(package.Vars));
        }

        Add(root.Vars);
        Add(Own(root.Vars));
        Add(commandLine);
        return known;

        JinjaDict? Own(JinjaDict vars) => vars.TryGet(package.Name, out var own) ? own as JinjaDict : null;

        void Add(JinjaDict? vars)
        {
            foreach (var (key, value) in vars?.Entries ?? [])
            {
                known.Set(key, value);
            }
        }
    }

    public override object? Invoke(JinjaCall call)
    {
        var name = call.RequireText(0, "name");
        return known.TryGet(name, out var value) || call.TryGet(1, "default", out value)
            ? value
            : throw new JinjaException(JinjaErrorKind.Undefined, $"Required var '{name}' not found in config:\nVars supplied to {asker} = {Json.Write(known, sortKeys: true, indent: 4)}");
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name == "has_var" ? new JinjaFunction(name, call => known.TryGet(call.RequireText(0, "name"), out _)) : null;
        return value is not null;
    }

    public override string ToString() => "<var>";
}
