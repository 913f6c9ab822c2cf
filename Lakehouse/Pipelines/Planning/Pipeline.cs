using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Planning;

/// <summary>A checked pipeline: its models parsed, all dependencies found, nothing in it that is not supported.</summary>
public sealed class Pipeline
{
    Pipeline(ProjectCompiler compiler, IReadOnlyList<ParsedModel> models, RunPlan plan)
    {
        Compiler = compiler;
        Models = models;
        Plan = plan;
    }

    /// <summary>Name: that of the project.</summary>
    public string Name => Compiler.Project.Name;

    /// <summary>The project.</summary>
    public PipelineProject Project => Compiler.Project;

    /// <summary>Gives the models' SQL.</summary>
    public ProjectCompiler Compiler { get; }

    /// <summary>All models, ephemeral ones included, ordered by path.</summary>
    public IReadOnlyList<ParsedModel> Models { get; }

    /// <summary>What a run does.</summary>
    public RunPlan Plan { get; }

    /// <summary>Reads, parses and checks a project.</summary>
    /// <param name="folder">The folder with <c>dbt_project.yml</c>.</param>
    /// <param name="target">Where models are built.</param>
    /// <param name="log">Takes what templates <c>log()</c>.</param>
    /// <exception cref="PipelineException">Something is wrong with it.</exception>
    public static Pipeline Load(string folder, PipelineTarget target, Action<string>? log = null)
    {
        var compiler = new ProjectCompiler(ProjectLoader.Load(folder), target, log);
        var models = compiler.Parse();
        return new Pipeline(compiler, models, Planner.Plan(compiler.Project, models));
    }

    /// <summary>The model of a step.</summary>
    public ParsedModel ModelOf(PlannedStep step) => Models.First(m => m.Name == step.Model);
}
