using System.Globalization;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Puts a manifest together: nodes of SQL first, then what YAML says of them, then everything that is declared in YAML alone; last all is resolved and checked.</summary>
internal sealed partial class ManifestBuilder(ParseSession session)
{
    readonly NameGenerator names = new(session);
    readonly Dictionary<string, ManifestNode> nodes = new(StringComparer.Ordinal);
    readonly Dictionary<string, SourceDefinition> sources = new(StringComparer.Ordinal);
    readonly Dictionary<string, Exposure> exposures = new(StringComparer.Ordinal);
    readonly Dictionary<string, UnitTestDefinition> unitTests = new(StringComparer.Ordinal);
    readonly Dictionary<string, SemanticResource> semantics = new(StringComparer.Ordinal);
    readonly Dictionary<string, NodeGroup> groups = new(StringComparer.Ordinal);
    readonly Dictionary<string, DocBlock> docs = new(StringComparer.Ordinal);
    readonly Dictionary<string, List<GraphNode>> disabled = new(StringComparer.Ordinal);
    readonly Dictionary<string, SqlPiece> pieces = new(StringComparer.Ordinal);
    readonly Dictionary<string, (string? Description, JinjaDict Meta, NodeDocs Docs, IReadOnlyList<MacroArgument> Arguments, string PatchPath)> macroPatches = new(StringComparer.Ordinal);
    NodeLookup lookup = new([], []);

    PackageScope ScopeOf(string package) => session.Scope(package);

    public void AddDoc(DocBlock doc)
    {
        if (!docs.TryAdd(doc.UniqueId, doc))
        {
            throw Duplicates.Resource("docs", doc.Name, (doc.UniqueId, docs[doc.UniqueId].OriginalFilePath), (doc.UniqueId, doc.OriginalFilePath));
        }
    }

    /// <summary>Makes the node of a piece of SQL.</summary>
    public void AddPiece(SqlPiece piece, SqlOutcome outcome)
    {
        var node = Create(piece, outcome);
        pieces[node.UniqueId] = piece;
        Add(node);
    }

    ManifestNode Create(SqlPiece piece, SqlOutcome outcome)
    {
        var tags = piece.Tag is null ? Array.Empty<string>() : [piece.Tag];
        ManifestNode node = piece.Type switch
        {
            ResourceType.Model => new ModelNode { UniqueId = "", Name = "", PackageName = "", Path = "", OriginalFilePath = "", Fqn = [], Database = null, Schema = null, Alias = "" },
            ResourceType.Snapshot => new SnapshotNode { UniqueId = "", Name = "", PackageName = "", Path = "", OriginalFilePath = "", Fqn = [], Database = null, Schema = null, Alias = "" },
            ResourceType.Analysis => new AnalysisNode { UniqueId = "", Name = "", PackageName = "", Path = "", OriginalFilePath = "", Fqn = [], Database = null, Schema = null, Alias = "" },
            ResourceType.Seed => new SeedNode
            {
                UniqueId = "", Name = "", PackageName = "", Path = "", OriginalFilePath = "", Fqn = [], Database = null, Schema = null, Alias = "", RootPath = piece.Scope.Package.Folder,
            },
            ResourceType.Operation => new OperationNode
            {
                UniqueId = "", Name = "", PackageName = "", Path = "", OriginalFilePath = "", Fqn = [], Database = null, Schema = null, Alias = "", Index = piece.Index,
            },
            _ => new TestNode { UniqueId = "", Name = "", PackageName = "", Path = "", OriginalFilePath = "", Fqn = [], Database = null, Schema = null, Alias = "" },
        };
        node = node with
        {
            UniqueId = piece.UniqueId,
            Name = piece.Name,
            PackageName = piece.Scope.Package.Name,
            Path = piece.Path,
            OriginalFilePath = piece.OriginalFilePath,
            Fqn = piece.Fqn,
            Alias = piece.Name,
            RawCode = piece.Type == ResourceType.Seed ? "" : piece.Code,
            Language = piece.Language,
            Checksum = piece.Checksum,
            Refs = outcome.Refs,
            Sources = outcome.Sources,
            DependsOnMacros = outcome.Macros,
            ConfigCall = outcome.ConfigCall,
            Tags = tags,
        };
        return Configure(node, piece.Scope, null, piece.OriginalFilePath, 0);
    }

    /// <summary>Gives a node its config and all that follows from it: tags, group, access, docs, contract, relation, references in hooks.</summary>
    ManifestNode Configure(ManifestNode node, PackageScope scope, JinjaDict? patch, string file, int line)
    {
        var config = ConfigBuilder.Build(session, node.ResourceType, scope.Package, node.Fqn, patch, node.ConfigCall, file, line);
        node = node with
        {
            Config = config,
            UnrenderedConfig = ConfigBuilder.Unrendered(session, node.ResourceType, scope.Package, node.Fqn, patch, node.ConfigCall),
            Tags = [.. node.Tags.Concat(config.Tags).Distinct(StringComparer.Ordinal)],
            Meta = config.Meta.Count > 0 ? config.Meta : node.Meta,
            Group = config.Group ?? node.Group,
        };
        if (config.Get("docs") is JinjaDict docs)
        {
            node = node with { Docs = new NodeDocs(docs.Get("show") is not false, docs.Text("node_color")) };
        }

        if (node is ModelNode model)
        {
            node = model with { Access = AccessOf(config.Get("access"), model), Contract = new Contract(config.ContractEnforced, (config.Get("contract") as JinjaDict)?.Get("alias_types") is not false) };
        }

        node = Named(node, scope);
        return node.ResourceType == ResourceType.Test ? node : WithHooks(node, scope);
    }

    static string AccessOf(object? value, ModelNode model) => value switch
    {
        null => model.Access,
        "private" or "protected" or "public" => (string)value,
        _ => throw new PipelineException(
            PipelineErrorKind.Access, $"Node {model.UniqueId} has an invalid value ({Text.Of(value)}) for the access field", model.OriginalFilePath),
    };

    ManifestNode Named(ManifestNode node, PackageScope scope)
    {
        JinjaDict? described = null;
        JinjaDict Described() => described ??= NodeDescription.Of(node);
        var config = node.Config;
        var database = names.Database(scope, TextOf(config.Get("database")), Described);
        var schema = names.Schema(scope, TextOf(config.Get("schema")), Described);
        var alias = names.Alias(scope, TextOf(config.Get("alias")), node.Name, (node as ModelNode)?.Version, Described);
        if (node.ResourceType == ResourceType.Snapshot)
        {
            database = config.Text("target_database") is { Length: > 0 } targetDatabase ? targetDatabase : database;
            schema = config.Text("target_schema") is { Length: > 0 } targetSchema ? targetSchema : schema;
        }

        var stored = node.ResourceType == ResourceType.Test && (config.Get("store_failures") is true);
        var relational = node.ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot && config.Materialized != "ephemeral";
        return node with
        {
            Database = database,
            Schema = schema,
            Alias = alias,
            RelationName = stored || relational ? RelationOf(database, schema, alias, config.Get("quoting") as JinjaDict) : null,
        };
    }

    static string? TextOf(object? value) => value is null ? null : Text.Of(value);

    string RelationOf(string? database, string? schema, string name, JinjaDict? quoting)
    {
        bool Quoted(string part) => (quoting?.Flag(part) ?? session.Root.Quoting.Flag(part)) is not false;
        string Part(string part, string text) => Quoted(part) ? $"\"{text}\"" : text;
        return string.Join('.', new[] { database is null ? null : Part("database", database), schema is null ? null : Part("schema", schema), Part("identifier", name) }.OfType<string>());
    }

    /// <summary>Hooks are SQL of the node too: what they refer to it depends on.</summary>
    ManifestNode WithHooks(ManifestNode node, PackageScope scope)
    {
        var hooks = node.Config.PreHooks.Concat(node.Config.PostHooks).Where(h => TemplateEnvironments.HasTemplate(h.Sql)).ToArray();
        if (hooks.Length == 0)
        {
            return node;
        }

        var state = new ParseState();
        foreach (var reference in node.Refs)
        {
            state.Refer(reference);
        }

        foreach (var source in node.Sources)
        {
            state.Read(source);
        }

        state.Macros.AddRange(node.DependsOnMacros);
        foreach (var hook in hooks)
        {
            try
            {
                TemplateEnvironments.Parsing.Parse(node.OriginalFilePath, hook.Sql)
                    .Render(ParseContext.For(scope, state, node.OriginalFilePath, node.Alias, node.Name, () => NodeDescription.Of(node)));
            }
            catch (JinjaException error)
            {
                throw PipelineException.From(error, node.OriginalFilePath);
            }
        }

        return node with { Refs = state.Refs, Sources = state.Sources, DependsOnMacros = state.Macros };
    }

    void Add(ManifestNode node)
    {
        if (!node.Enabled)
        {
            AddDisabled(node);
        }
        else if (!nodes.TryAdd(node.UniqueId, node))
        {
            throw Duplicates.Node(nodes[node.UniqueId], node);
        }
    }

    void AddDisabled(GraphNode node)
    {
        if (!disabled.TryGetValue(node.UniqueId, out var known))
        {
            disabled[node.UniqueId] = known = [];
        }

        known.Add(node);
    }

    /// <summary>Puts nodes where they belong now that YAML has said its word: a disabled one may have become enabled and the other way round.</summary>
    void MoveByEnabled()
    {
        foreach (var node in nodes.Values.Where(n => !n.Enabled).ToArray())
        {
            nodes.Remove(node.UniqueId);
            AddDisabled(node);
        }

        foreach (var (id, list) in disabled.ToArray())
        {
            foreach (var node in list.Where(n => n.Enabled).OfType<ManifestNode>().ToArray())
            {
                list.Remove(node);
                if (!nodes.TryAdd(id, node))
                {
                    throw Duplicates.Node(nodes[id], node);
                }
            }

            if (list.Count == 0)
            {
                disabled.Remove(id);
            }
        }
    }

    void RebuildLookup() => lookup = new NodeLookup(nodes.Values, disabled.Values.SelectMany(d => d).OfType<ManifestNode>());

    static string VersionText(object? version) => version is double number ? number.ToString("0.###############", CultureInfo.InvariantCulture) : Text.Of(version);
}
