using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Context;

/// <summary>The macros of a project. In a model's templates each is bound to that model's own variables.</summary>
internal sealed class ProjectMacros
{
    readonly Dictionary<string, (JinjaTemplate Template, int Line)> macros = new(StringComparer.Ordinal);

    public ProjectMacros(PipelineProject project, JinjaEnvironment environment)
    {
        foreach (var file in project.Macros)
        {
            try
            {
                var template = environment.Parse(file.Path, file.Text);
                foreach (var (name, line) in template.Macros.Select(m => (m.Name, m.Line)))
                {
                    if (!macros.TryAdd(name, (template, line)))
                    {
                        var other = macros[name];
                        throw new PipelineException(
                            PipelineErrorKind.InvalidProject, $"the macro '{name}' is defined twice: here and in {other.Template.Name}:{other.Line}", file.Path, line);
                    }
                }
            }
            catch (JinjaException error)
            {
                throw PipelineException.From(error, file.Path);
            }
        }
    }

    public IEnumerable<string> Names => macros.Keys;

    /// <summary>Makes the macros callable with the given variables, which may still grow.</summary>
    public void Bind(IDictionary<string, object?> into, IReadOnlyDictionary<string, object?> variables)
    {
        foreach (var (name, (template, _)) in macros)
        {
            into[name] = new BoundMacro(template, name, variables);
        }
    }

    sealed class BoundMacro(JinjaTemplate template, string name, IReadOnlyDictionary<string, object?> variables) : JinjaCallable
    {
        JinjaCallable? bound;

        public override object? Invoke(JinjaCall call) => (bound ??= template.BindMacro(name, variables)).Invoke(call);

        public override string ToString() => $"<macro {name}>";
    }
}
