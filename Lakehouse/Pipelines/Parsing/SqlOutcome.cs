using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What the first rendering of a piece of SQL gave.</summary>
internal sealed record SqlOutcome(
    JinjaDict ConfigCall, IReadOnlyList<NodeRef> Refs, IReadOnlyList<SourceRef> Sources, IReadOnlyList<string> Macros, IReadOnlyDictionary<string, string?> Env)
{
    public static SqlOutcome Empty { get; } = new(new JinjaDict(), [], [], [], new Dictionary<string, string?>(StringComparer.Ordinal));

    public static SqlOutcome Of(ParseState state) => new(state.ConfigCall, state.Refs, state.Sources, state.Macros, state.Env.Seen);

    /// <summary>Whether what was read from the environment is the same still.</summary>
    public bool Holds(IReadOnlyDictionary<string, string> environment) =>
        Env.All(e => (environment.TryGetValue(e.Key, out var value) ? value : null) == e.Value);
}

/// <summary>A piece of SQL that becomes a node: a file, a block of one, or a hook.</summary>
/// <param name="Type">What it becomes.</param>
/// <param name="Scope">Its package.</param>
/// <param name="Name">Its name.</param>
/// <param name="Path">Path below the resource folder, or of the generated file.</param>
/// <param name="OriginalFilePath">Its file.</param>
/// <param name="Fqn">Package, folders and name.</param>
/// <param name="Code">The SQL.</param>
/// <param name="Language"><c>sql</c> or <c>python</c>.</param>
/// <param name="Checksum">Hash of the file.</param>
/// <param name="Index">Place among the hooks of its kind.</param>
/// <param name="Tag">Tag that every node of its kind has; null without one.</param>
internal sealed record SqlPiece(
    ResourceType Type,
    PackageScope Scope,
    string Name,
    string Path,
    string OriginalFilePath,
    IReadOnlyList<string> Fqn,
    string Code,
    string Language,
    FileChecksum Checksum,
    int Index = 0,
    string? Tag = null)
{
    public string UniqueId => $"{Type.Word()}.{Scope.Package.Name}.{Name}";

    /// <summary>Key under which what it gave is kept.</summary>
    public string CacheKey => $"{UniqueId}|{OriginalFilePath}";

    /// <summary>What templates see as <c>model</c> before config and properties are known.</summary>
    public JinjaDict Describe() => Dicts.Of(
        ("name", Name),
        ("alias", Name),
        ("resource_type", Type.Word()),
        ("package_name", Scope.Package.Name),
        ("path", Path),
        ("original_file_path", OriginalFilePath),
        ("unique_id", UniqueId),
        ("fqn", Dicts.ListOf(Fqn)),
        ("database", Scope.Session.Target.Database),
        ("schema", Scope.Session.Target.Schema),
        ("raw_code", Code),
        ("language", Language),
        ("config", ConfigBuilder.Build(Scope.Session, Type, Scope.Package, Fqn, null, new JinjaDict(), OriginalFilePath).Values),
        ("tags", new JinjaList([])),
        ("meta", new JinjaDict()),
        ("description", ""),
        ("columns", new JinjaDict()),
        ("refs", new JinjaList([])),
        ("sources", new JinjaList([])),
        ("depends_on", Dicts.Of(("nodes", new JinjaList([])), ("macros", new JinjaList([])))));

    public NodeVariables Variables(ParseState state) => ParseContext.For(Scope, state, OriginalFilePath, Name, Name, Describe);

    /// <summary>The first rendering.</summary>
    /// <exception cref="PipelineException">The template fails.</exception>
    public SqlOutcome Render()
    {
        if (Language == "python")
        {
            return PythonModels.Read(this);
        }

        if (Type == ResourceType.Seed || !TemplateEnvironments.HasTemplate(Code))
        {
            return SqlOutcome.Empty;
        }

        var state = new ParseState();
        try
        {
            TemplateEnvironments.Parsing.Parse(OriginalFilePath, Code).Render(Variables(state));
            return SqlOutcome.Of(state);
        }
        catch (JinjaException error)
        {
            throw PipelineException.From(error, OriginalFilePath);
        }
    }
}
