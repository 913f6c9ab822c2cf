using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Manifests;

/// <summary>A node with a relation or SQL of its own: model, seed, snapshot, test, analysis, hook of a run.</summary>
public abstract record ManifestNode : GraphNode
{
    /// <summary>Database of its relation.</summary>
    public required string? Database { get; init; }

    /// <summary>Schema of its relation: the catalog's namespace.</summary>
    public required string? Schema { get; init; }

    /// <summary>Name of its relation.</summary>
    public required string Alias { get; init; }

    /// <summary>The relation's full name, quoted; null for what has none (ephemeral models, tests that store nothing).</summary>
    public string? RelationName { get; init; }

    /// <summary>Text as it is in the file, without white space at both ends; empty for seeds.</summary>
    public string RawCode { get; init; } = "";

    /// <summary><c>sql</c> or <c>python</c>.</summary>
    public string Language { get; init; } = "sql";

    /// <summary>Hash of the file.</summary>
    public FileChecksum Checksum { get; init; } = FileChecksum.None;

    /// <summary>Described columns in order.</summary>
    public IReadOnlyList<ColumnInfo> Columns { get; init; } = [];

    /// <summary>Group; null without one.</summary>
    public string? Group { get; init; }

    /// <summary>How documentation shows it.</summary>
    public NodeDocs Docs { get; init; } = new();

    /// <summary>What <c>config()</c> in the file itself says.</summary>
    public JinjaDict ConfigCall { get; init; } = new();
}

/// <summary>A model.</summary>
public sealed record ModelNode : ManifestNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.Model;

    /// <summary>Who may refer to it: <c>private</c>, <c>protected</c> or <c>public</c>.</summary>
    public string Access { get; init; } = "protected";

    /// <summary>Its version, a text or a number; null for a model without versions.</summary>
    public object? Version { get; init; }

    /// <summary>The version that an unversioned reference takes; null for a model without versions.</summary>
    public object? LatestVersion { get; init; }

    /// <summary>When it is to be given up, as written; null when never.</summary>
    public DateTimeOffset? DeprecationDate { get; init; }

    /// <summary>Constraints of the model as a whole.</summary>
    public IReadOnlyList<NodeConstraint> Constraints { get; init; } = [];

    /// <summary>Its contract.</summary>
    public Contract Contract { get; init; } = new();

    /// <summary>Columns that constraints or tests make the primary key.</summary>
    public IReadOnlyList<string> PrimaryKey { get; init; } = [];

    /// <summary>The time spine, as written; null without one.</summary>
    public JinjaDict? TimeSpine { get; init; }

    /// <summary>Whether an unversioned reference takes this version.</summary>
    public bool IsLatestVersion => Version is not null && Equals(Version, LatestVersion);

    /// <inheritdoc />
    public override string SearchName => Version is null ? Name : $"{Name}.v{Text.Of(Version)}";
}

/// <summary>A CSV file that becomes a table.</summary>
public sealed record SeedNode : ManifestNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.Seed;

    /// <summary>Folder of its project: the file is at its path below it.</summary>
    public required string RootPath { get; init; }
}

/// <summary>A table that keeps the history of another.</summary>
public sealed record SnapshotNode : ManifestNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.Snapshot;
}

/// <summary>A query that is compiled only.</summary>
public sealed record AnalysisNode : ManifestNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.Analysis;
}

/// <summary>A hook of a run.</summary>
public sealed record OperationNode : ManifestNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.Operation;

    /// <summary>Place among the hooks of its project and kind.</summary>
    public required int Index { get; init; }

    /// <summary>Whether it runs when a run starts; else when it ends.</summary>
    public bool AtStart => Tags.Contains("on-run-start");
}

/// <summary>A data test.</summary>
public sealed record TestNode : ManifestNode
{
    /// <inheritdoc />
    public override ResourceType ResourceType => ResourceType.Test;

    /// <summary>The macro and its arguments; null for a singular test.</summary>
    public TestMetadata? Metadata { get; init; }

    /// <summary>The node that the test is declared on; null for singular tests and tests of sources.</summary>
    public string? AttachedNode { get; init; }

    /// <summary>The column that the test is declared on; null for a test of the whole node.</summary>
    public string? ColumnName { get; init; }

    /// <summary>Section and name in the YAML file, such as <c>models.orders</c>; null for singular tests.</summary>
    public string? FileKeyName { get; init; }

    /// <summary>Whether it is generic: a macro with arguments.</summary>
    public bool IsGeneric => Metadata is not null;
}

/// <summary>The macro of a generic test and its arguments.</summary>
/// <param name="Name">Name of the test, without <c>test_</c>.</param>
/// <param name="Namespace">Package of the macro; null when it is looked for.</param>
/// <param name="Arguments">Arguments, not rendered; <c>model</c> is among them.</param>
public sealed record TestMetadata(string Name, string? Namespace, JinjaDict Arguments);

/// <summary>How documentation shows a node.</summary>
/// <param name="Show">Whether it does.</param>
/// <param name="NodeColor">Colour in the graph; null for the usual one.</param>
public sealed record NodeDocs(bool Show = true, string? NodeColor = null);

/// <summary>A model's contract.</summary>
/// <param name="Enforced">Whether columns and types are checked before it is built.</param>
/// <param name="AliasTypes">Whether names of types are translated.</param>
/// <param name="Checksum">Hash over columns and types; null when it is not enforced.</param>
public sealed record Contract(bool Enforced = false, bool AliasTypes = true, string? Checksum = null);

/// <summary>A described column.</summary>
public sealed record ColumnInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Description; empty without one.</summary>
    public string Description { get; init; } = "";

    /// <summary>Type, as written; null without one.</summary>
    public string? DataType { get; init; }

    /// <summary>Constraints.</summary>
    public IReadOnlyList<NodeConstraint> Constraints { get; init; } = [];

    /// <summary>Whether the name is quoted; null for the usual.</summary>
    public bool? Quote { get; init; }

    /// <summary>Free facts.</summary>
    public JinjaDict Meta { get; init; } = new();

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its config, as written.</summary>
    public JinjaDict Config { get; init; } = new();

    /// <summary>Doc blocks that the description uses.</summary>
    public IReadOnlyList<string> DocBlocks { get; init; } = [];

    /// <summary>Keys that dbt does not know.</summary>
    public JinjaDict Extra { get; init; } = new();
}

/// <summary>A constraint of a column or a model.</summary>
public sealed record NodeConstraint
{
    /// <summary><c>check</c>, <c>not_null</c>, <c>unique</c>, <c>primary_key</c>, <c>foreign_key</c> or <c>custom</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Its name; null without one.</summary>
    public string? Name { get; init; }

    /// <summary>SQL; null without any.</summary>
    public string? Expression { get; init; }

    /// <summary>Whether to warn when it is not enforced.</summary>
    public bool WarnUnenforced { get; init; } = true;

    /// <summary>Whether to warn when it is not supported.</summary>
    public bool WarnUnsupported { get; init; } = true;

    /// <summary>What a foreign key refers to: a <c>ref()</c> or <c>source()</c> call; null for others.</summary>
    public string? To { get; init; }

    /// <summary>Columns that a foreign key refers to.</summary>
    public IReadOnlyList<string> ToColumns { get; init; } = [];

    /// <summary>The model's columns; empty for a constraint of a column.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];
}
