using Lakehouse.Formats;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Planning;

/// <summary>What a run of a pipeline does: plain data, made before anything is touched.</summary>
/// <param name="Pipeline">Name of the project.</param>
/// <param name="ProjectHash">Hash of the project's files.</param>
/// <param name="Sources">Source tables that are read, ordered by name.</param>
/// <param name="Steps">The tables to build, each after all that it depends on.</param>
public sealed record RunPlan(string Pipeline, string ProjectHash, IReadOnlyList<PlannedSource> Sources, IReadOnlyList<PlannedStep> Steps);

/// <summary>A source table of a plan.</summary>
/// <param name="Namespace">Namespace in the catalog.</param>
/// <param name="Name">Name in the catalog.</param>
public sealed record PlannedSource(string Namespace, string Name)
{
    /// <summary>Namespace and name with a dot between them; a name that holds a dot is quoted.</summary>
    public string FullName => DottedName.Within(Namespace, Name);
}

/// <summary>A table that a plan builds.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="Namespace">Namespace of its table.</param>
/// <param name="Table">Name of its table.</param>
/// <param name="DependsOn">Models that must be built before; ephemeral ones are replaced by what they depend on.</param>
/// <param name="Sources">Source tables that its query reads, its ephemeral models' included.</param>
/// <param name="Path">The model's file.</param>
public sealed record PlannedStep(string Model, string Namespace, string Table, IReadOnlyList<string> DependsOn, IReadOnlyList<PlannedSource> Sources, string Path)
{
    /// <summary>Namespace and table name with a dot between them; a name that holds a dot is quoted.</summary>
    public string FullName => DottedName.Within(Namespace, Table);
}
