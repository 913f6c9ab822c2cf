using System.Collections.Concurrent;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Profiles;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What all templates of one parse have in common.</summary>
internal sealed class ParseSession
{
    readonly ConcurrentDictionary<string, PackageScope> scopes = new(StringComparer.Ordinal);

    public required Project Root { get; init; }

    /// <summary>The root project and its packages by name.</summary>
    public required IReadOnlyDictionary<string, Project> Projects { get; init; }

    public required ProfileTarget Target { get; init; }

    public required MacroCatalog Catalog { get; init; }

    public required ParseOptions Options { get; init; }

    /// <summary>Configs that the project file gives, by package, type and place in its tree; copied before they are changed.</summary>
    public ConcurrentDictionary<string, JinjaDict> BaseConfigs { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<ProjectWarning> Warnings { get; } = new();

    /// <summary>What templates of a package see, whatever node they belong to.</summary>
    public PackageScope Scope(string package) => scopes.GetOrAdd(package, name => new PackageScope(this, Projects[name]));

    public void Warn(string name, string message, string? file = null, int line = 0) => Warnings.Enqueue(new ProjectWarning(name, message, file, line));
}

/// <summary>The part of the context that the nodes of a package share.</summary>
internal sealed class PackageScope
{
    readonly ConcurrentDictionary<string, MacroNamespace> namespaces = new(StringComparer.Ordinal);

    public PackageScope(ParseSession session, Project package)
    {
        Session = session;
        Package = package;
        Vars = new VarLookup(session.Root, package, session.Options.Vars, package.Name, strict: false);
        Shared = ParseContext.Shared(session, package.Name);
    }

    public ParseSession Session { get; }

    public Project Package { get; }

    public VarLookup Vars { get; }

    public IReadOnlyDictionary<string, object?> Shared { get; }

    /// <summary>What values in YAML see: no macros, no references; missing variables are errors.</summary>
    public Dictionary<string, object?> Yaml(EnvReads reads, string asker)
    {
        var variables = new Dictionary<string, object?>(Shared, StringComparer.Ordinal)
        {
            ["var"] = Vars.For(asker, strict: true),
            ["env_var"] = reads.Function(Session.Options.Environment),
        };
        foreach (var name in new[] { "adapter", "api", "graph", "exceptions", "model", "execute", "statement", "load_result" })
        {
            variables.Remove(name);
        }

        return variables;
    }
}

/// <summary>Environment variables that templates read, with their values: what is parsed holds as long as they stay.</summary>
internal sealed class EnvReads
{
    readonly Dictionary<string, string?> seen = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string?> Seen => seen;

    public JinjaFunction Function(IReadOnlyDictionary<string, string> environment, bool secretsAllowed = false) => new("env_var", call =>
    {
        var name = call.RequireText(0, "var");
        if (!secretsAllowed && name.StartsWith("DBT_ENV_SECRET", StringComparison.Ordinal))
        {
            throw JinjaException.Value($"Secret env vars are allowed only in profiles.yml or packages.yml. Found '{name}' referenced elsewhere.");
        }

        var found = environment.TryGetValue(name, out var value);
        lock (seen)
        {
            seen[name] = found ? value : null;
        }

        return found ? value
            : call.TryGet(1, "default", out var otherwise) && otherwise is not null ? Text.Of(otherwise)
            : throw JinjaException.Value($"Env var required but not provided: '{name}'");
    });
}
