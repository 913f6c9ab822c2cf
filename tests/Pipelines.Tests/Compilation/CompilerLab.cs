using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Profiles;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Tests.Compilation;

/// <summary>A project of a few nodes, made by hand, on a DuckDB of its own. Each build is a command of its own.</summary>
internal sealed class CompilerLab(DuckDbAdapter adapter) : IDisposable
{
    const string Project = "lab";

    readonly Dictionary<string, ManifestNode> nodes = new(StringComparer.Ordinal);
    readonly Dictionary<string, MacroDefinition> macros = new(StringComparer.Ordinal);

    public DuckDbAdapter Adapter => adapter;

    public List<TemplateMessage> Messages { get; } = [];

    public static async Task<CompilerLab> OpenAsync() => new(await DuckDbAdapter.OpenAsync());

    public void Macro(string name, string sql, string package = Project) => macros[$"macro.{package}.{name}"] = new MacroDefinition
    {
        UniqueId = $"macro.{package}.{name}",
        Name = name,
        PackageName = package,
        OriginalFilePath = $"macros/{name}.sql",
        Sql = sql,
        Line = 1,
    };

    /// <summary>Defines a model, or defines it anew.</summary>
    public ModelNode Model(string name, string sql, (string Key, object? Value)[]? config = null, string[]? refs = null, ColumnInfo[]? columns = null)
    {
        var node = new ModelNode
        {
            UniqueId = $"model.{Project}.{name}",
            Name = name,
            PackageName = Project,
            Path = $"{name}.sql",
            OriginalFilePath = $"models/{name}.sql",
            Fqn = [Project, name],
            Database = "lake",
            Schema = "main",
            Alias = name,
            RawCode = sql,
            Columns = columns ?? [],
            Config = Config(config),
            DependsOnNodes = [.. (refs ?? []).Select(r => $"model.{Project}.{r}")],
        };
        nodes[node.UniqueId] = node;
        return node;
    }

    public SnapshotNode Snapshot(string name, string sql, params (string Key, object? Value)[] config) => new()
    {
        UniqueId = $"snapshot.{Project}.{name}",
        Name = name,
        PackageName = Project,
        Path = $"{name}.sql",
        OriginalFilePath = $"snapshots/{name}.sql",
        Fqn = [Project, name],
        Database = "lake",
        Schema = "main",
        Alias = name,
        RawCode = sql,
        Config = Config([("materialized", "snapshot"), .. config]),
    };

    public TestNode Test(string name, string macro, params (string Key, object? Value)[] arguments) => new()
    {
        UniqueId = $"test.{Project}.{name}",
        Name = name,
        PackageName = Project,
        Path = $"{name}.sql",
        OriginalFilePath = "models/schema.yml",
        Fqn = [Project, name],
        Database = "lake",
        Schema = "main",
        Alias = name,
        RawCode = $"{{{{ test_{macro}(**_dbt_generic_test_kwargs) }}}}",
        Config = Config([("materialized", "test"), ("fail_calc", "count(*)"), ("warn_if", "!= 0"), ("error_if", "!= 0")]),
        Metadata = new TestMetadata(macro, null, Dict(arguments)),
        DependsOnNodes = [.. nodes.Keys],
    };

    static NodeConfig Config((string Key, object? Value)[]? entries) => new(Dict(entries ?? []));

    public static JinjaDict Dict(params (string Key, object? Value)[] entries) => new(entries.Select(e => KeyValuePair.Create(e.Key, e.Value)));

    public ManifestCompiler Compiler(bool fullRefresh = false, bool empty = false) => new(new CompilerOptions
    {
        Manifest = new Manifest
        {
            ProjectName = Project,
            Nodes = nodes,
            Sources = new Dictionary<string, SourceDefinition>(StringComparer.Ordinal),
            Exposures = new Dictionary<string, Exposure>(StringComparer.Ordinal),
            UnitTests = new Dictionary<string, UnitTestDefinition>(StringComparer.Ordinal),
            Macros = macros,
            Docs = new Dictionary<string, DocBlock>(StringComparer.Ordinal),
            Groups = new Dictionary<string, NodeGroup>(StringComparer.Ordinal),
            Disabled = new Dictionary<string, IReadOnlyList<GraphNode>>(StringComparer.Ordinal),
            Graph = new ManifestGraph(nodes.Values.Select(n => (n.UniqueId, n.DependsOnNodes))),
        },
        Projects = macros.Values.Select(m => m.PackageName).Append(Project).Distinct().ToDictionary(n => n, ProjectOf, StringComparer.Ordinal),
        Target = new ProfileTarget { ProfileName = "lab", Name = "dev", Schema = "main" },
        Describe = Describe,
        Flags = new Dictionary<string, object?>(StringComparer.Ordinal) { ["FULL_REFRESH"] = fullRefresh },
        Empty = empty,
        Adapter = adapter,
        Messages = Messages.Add,
    });

    /// <summary>Compiles a node and builds it.</summary>
    public Task<MaterializationOutcome> BuildAsync(ManifestNode node, bool fullRefresh = false) => Task.Run(() =>
    {
        var compiler = Compiler(fullRefresh);
        return compiler.Materialize(node, compiler.Compile(node));
    });

    static JinjaDict Describe(GraphNode node) => node is not ManifestNode own ? new JinjaDict() : Dict(
        ("name", own.Name),
        ("unique_id", own.UniqueId),
        ("resource_type", own.ResourceType.Word()),
        ("schema", own.Schema),
        ("database", own.Database),
        ("alias", own.Alias),
        ("raw_code", own.RawCode),
        ("description", own.Description),
        ("config", own.Config.Values),
        ("constraints", new JinjaList([])),
        ("columns", new JinjaDict(own.Columns.Select(c => KeyValuePair.Create(c.Name, (object?)Dict(
            ("name", c.Name), ("data_type", c.DataType), ("constraints", new JinjaList(c.Constraints.Select(k => (object?)Dict(("type", k.Type), ("expression", k.Expression)))))))))));

    static Project ProjectOf(string name) => new()
    {
        Name = name,
        Folder = "/",
        ModelPaths = ["models"],
        SeedPaths = ["seeds"],
        SnapshotPaths = ["snapshots"],
        TestPaths = ["tests"],
        AnalysisPaths = ["analyses"],
        MacroPaths = ["macros"],
        DocsPaths = [],
        TargetPath = "target",
        PackagesInstallPath = "dbt_packages",
        Vars = new JinjaDict(),
        Configs = new Dictionary<string, JinjaDict>(StringComparer.Ordinal),
        UnrenderedConfigs = new Dictionary<string, JinjaDict>(StringComparer.Ordinal),
        Dispatch = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal),
        OnRunStart = [],
        OnRunEnd = [],
        Quoting = new JinjaDict(),
        Flags = new JinjaDict(),
        Raw = new JinjaDict(),
    };

    public void Dispose() => adapter.Dispose();
}
