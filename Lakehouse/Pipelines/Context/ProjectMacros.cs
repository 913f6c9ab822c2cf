using Lakehouse.Jinja;
using Lakehouse.Pipelines.BuiltIn;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Context;

/// <summary>The macros of a project without packages, with those that the engine brings along.</summary>
internal static class ProjectMacros
{
    /// <exception cref="PipelineException">A file is not valid, or a name is taken twice.</exception>
    public static MacroRegistry Of(PipelineProject project)
    {
        var registry = new MacroRegistry(project.Name, new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));
        registry.AddPackage(project.Name);
        foreach (var macro in BuiltInMacros.All)
        {
            registry.Add(macro);
        }

        var places = new Dictionary<string, (string File, int Line)>(StringComparer.Ordinal);
        foreach (var file in project.Macros)
        {
            try
            {
                var template = Templates.Running.Parse(file.Path, file.Text);
                foreach (var (name, line) in template.Macros.Select(m => (m.Name, m.Line)))
                {
                    if (!places.TryAdd(name, (file.Path, line)))
                    {
                        var (otherFile, otherLine) = places[name];
                        throw new PipelineException(PipelineErrorKind.InvalidProject, $"the macro '{name}' is defined twice: here and in {otherFile}:{otherLine}", file.Path, line);
                    }

                    registry.Add(new RegisteredMacro(project.Name, name, new Lazy<JinjaTemplate>(template)));
                }
            }
            catch (JinjaException error)
            {
                throw PipelineException.From(error, file.Path);
            }
        }

        return registry;
    }
}
