using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Manifests;

/// <summary>A test of a model's logic with rows of its own.</summary>
public sealed record UnitTestDefinition : GraphNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.UnitTest;

    /// <summary>Name of the model.</summary>
    public required string Model { get; init; }

    /// <summary>Rows that stand for the model's inputs.</summary>
    public required IReadOnlyList<UnitTestFixture> Given { get; init; }

    /// <summary>Rows that the model must give.</summary>
    public required UnitTestFixture Expect { get; init; }

    /// <summary>What is put in the place of macros, variables and environment variables; null without any.</summary>
    public UnitTestOverrides? Overrides { get; init; }

    /// <summary>Versions of the model that it tests, as written (<c>include</c>, <c>exclude</c>); null for all.</summary>
    public JinjaDict? Versions { get; init; }

    /// <summary>The model's version; null for a model without versions.</summary>
    public object? Version { get; init; }

    /// <summary>Schema of the model.</summary>
    public string? Schema { get; init; }

    /// <summary>Hash over the definition and its fixtures.</summary>
    public string? Checksum { get; init; }

    /// <inheritdoc />
    public override string SearchName => Version is null ? Name : $"{Name}_v{Text.Of(Version)}";
}

/// <summary>Rows of a unit test.</summary>
/// <param name="Input">What they stand for: a <c>ref()</c> or <c>source()</c> call, or <c>this</c>; null for the expected rows.</param>
/// <param name="Format"><c>dict</c>, <c>csv</c> or <c>sql</c>.</param>
/// <param name="Rows">The rows, each a mapping of columns to values; empty for SQL.</param>
/// <param name="Sql">The query that gives them; null for rows.</param>
/// <param name="Fixture">Name of the file that they are in; null when they stand in the YAML file.</param>
public sealed record UnitTestFixture(string? Input, string Format, IReadOnlyList<JinjaDict> Rows, string? Sql, string? Fixture);

/// <summary>What a unit test puts in the place of macros, variables and environment variables.</summary>
/// <param name="Macros">Values of macros by name.</param>
/// <param name="Vars">Variables.</param>
/// <param name="EnvVars">Environment variables.</param>
public sealed record UnitTestOverrides(JinjaDict Macros, JinjaDict Vars, JinjaDict EnvVars);
