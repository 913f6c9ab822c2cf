using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>How a model is kept.</summary>
public enum Materialization
{
    /// <summary>As a table that each run replaces as a whole, its history kept.</summary>
    Table,

    /// <summary>Not at all: its query becomes a common table expression of the models that refer to it.</summary>
    Ephemeral,
}

/// <summary>A model after the first rendering, which finds its config and what it depends on.</summary>
public sealed record ParsedModel
{
    /// <summary>Name: what <c>ref()</c> takes.</summary>
    public required string Name { get; init; }

    /// <summary>Its file.</summary>
    public required ModelFile File { get; init; }

    /// <summary>The catalog's namespace of its table (dbt's schema).</summary>
    public required string Namespace { get; init; }

    /// <summary>Name of its table (dbt's alias).</summary>
    public required string Alias { get; init; }

    /// <summary>The config key <c>materialized</c> as the project has it.</summary>
    public required string Materialized { get; init; }

    /// <summary>Description; empty without one.</summary>
    public required string Description { get; init; }

    /// <summary>Described columns.</summary>
    public required IReadOnlyList<ColumnProperties> Columns { get; init; }

    /// <summary>All of its config.</summary>
    public required JinjaDict Config { get; init; }

    /// <summary>Models that it refers to, in the order of the first mention.</summary>
    public required IReadOnlyList<Reference> References { get; init; }

    /// <summary>Source tables that it reads, in the order of the first mention.</summary>
    public required IReadOnlyList<SourceReference> Sources { get; init; }

    /// <summary>dbt's id of the model.</summary>
    public required string UniqueId { get; init; }

    /// <summary>Its template.</summary>
    internal JinjaTemplate Template { get; init; } = null!;
}

/// <summary>A call of <c>ref()</c>.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Package">Package, when the call names one.</param>
/// <param name="File">File of the call.</param>
/// <param name="Line">Line of the call.</param>
public sealed record Reference(string Name, string? Package, string File, int Line);

/// <summary>A call of <c>source()</c>.</summary>
/// <param name="SourceName">Name of the source.</param>
/// <param name="Name">Name of the table.</param>
/// <param name="File">File of the call.</param>
/// <param name="Line">Line of the call.</param>
public sealed record SourceReference(string SourceName, string Name, string File, int Line);
