using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Compilation;

/// <summary>Finds what <c>ref</c> and <c>source</c> name.</summary>
internal sealed class NodeResolver(Manifest manifest)
{
    readonly ILookup<string, ManifestNode> byName = manifest.Nodes.Values.Where(n => n is ModelNode or SeedNode or SnapshotNode).ToLookup(n => n.Name, StringComparer.Ordinal);
    readonly ILookup<(string Source, string Table), SourceDefinition> sources = manifest.Sources.Values.ToLookup(s => (s.SourceName, s.Name));

    /// <exception cref="JinjaException">There is no such node.</exception>
    public ManifestNode Resolve(GraphNode from, JinjaCall call)
    {
        var version = call.Named.FirstOrDefault(n => n.Key is "v" or "version").Value;
        var (package, name) = call.Positional switch
        {
            [var only] => (null, Text.Of(only)),
            [var first, var second] => (Text.Of(first), Text.Of(second)),
            [] => throw JinjaException.Value("ref() takes at least one argument (0 given)"),
            _ => throw JinjaException.Value($"ref() takes at most two arguments ({call.Positional.Count} given)"),
        };
        return Find(from.PackageName, package, name, version) ?? throw JinjaException.Value(
            $"{from.ResourceType.Word()[..1].ToUpperInvariant()}{from.ResourceType.Word()[1..]} '{from.UniqueId}' ({from.OriginalFilePath}) depends on a node named '{name}'{(package is null ? "" : $" in package or project '{package}'")} which was not found");
    }

    public ManifestNode? Find(string fromPackage, string? package, string name, object? version)
    {
        var named = byName[name].Where(n => Fits(n, version)).ToArray();
        return package is not null ? Array.Find(named, n => n.PackageName == package)
            : Array.Find(named, n => n.PackageName == fromPackage) ?? Array.Find(named, n => n.PackageName == manifest.ProjectName) ?? named.FirstOrDefault();
    }

    static bool Fits(ManifestNode node, object? version) => node is ModelNode { Version: { } own } model
        ? version is null or Undefined ? model.IsLatestVersion : Text.Of(own) == Text.Of(version)
        : version is null or Undefined;

    /// <exception cref="JinjaException">There is no such source.</exception>
    public SourceDefinition Source(GraphNode from, string source, string table)
    {
        var found = sources[(source, table)].ToArray();
        return Array.Find(found, s => s.PackageName == from.PackageName) ?? Array.Find(found, s => s.PackageName == manifest.ProjectName) ?? found.FirstOrDefault()
            ?? throw JinjaException.Value($"{from.ResourceType.Word()[..1].ToUpperInvariant()}{from.ResourceType.Word()[1..]} '{from.UniqueId}' ({from.OriginalFilePath}) depends on a source named '{source}.{table}' which was not found");
    }
}
