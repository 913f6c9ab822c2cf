using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Parsing;

/// <summary><c>var(name, default)</c> as a package sees it: the command line first, then the root project's for that package, the root project's, and the package's own.</summary>
internal sealed class VarLookup : JinjaCallable
{
    readonly JinjaDict known = new();
    readonly bool strict;
    readonly string asker;

    /// <param name="root">The root project; null while its own file is read.</param>
    /// <param name="package">The package that asks; null while the root's file is read.</param>
    /// <param name="commandLine">Variables of the command.</param>
    /// <param name="asker">Who asks, for messages.</param>
    /// <param name="strict">Whether a missing variable is an error; else it is none.</param>
    public VarLookup(Project? root, Project? package, JinjaDict commandLine, string asker, bool strict)
    {
        this.strict = strict;
        this.asker = asker;
        if (root is not null && package is not null)
        {
            if (package.Name != root.Name)
            {
                known.With(package.Vars).With(package.Vars.Dict(package.Name));
            }

            known.With(root.Vars).With(root.Vars.Dict(package.Name));
        }

        known.With(commandLine);
    }

    VarLookup(JinjaDict known, string asker, bool strict)
    {
        this.known = known;
        this.asker = asker;
        this.strict = strict;
    }

    /// <summary>The same variables for another asker.</summary>
    public VarLookup For(string asker, bool strict) => new(known, asker, strict);

    public JinjaDict Known => known;

    public override object? Invoke(JinjaCall call)
    {
        var name = call.RequireText(0, "name");
        if (known.TryGet(name, out var value) || call.TryGet(1, "default", out value) || !strict)
        {
            return value;
        }

        throw new JinjaException(JinjaErrorKind.Undefined, $"Required var '{name}' not found in config:\nVars supplied to {asker} = {Json.Write(known, sortKeys: true, indent: 4)}");
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name == "has_var" ? new JinjaFunction("has_var", call => known.TryGet(call.RequireText(0, "name"), out _)) : null;
        return value is not null;
    }

    public override string ToString() => "<var>";
}
