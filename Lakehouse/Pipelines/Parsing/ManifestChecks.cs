using System.Globalization;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What must hold of a project as a whole.</summary>
internal sealed class ManifestChecks(ParseSession session, IReadOnlyDictionary<string, ManifestNode> nodes, IReadOnlyDictionary<string, NodeGroup> groups)
{
    /// <exception cref="PipelineException">Something does not hold.</exception>
    public void Run()
    {
        Groups();
        foreach (var model in nodes.Values.OfType<ModelNode>().Where(m => m.Access == "public" && m.Config.Materialized == "ephemeral"))
        {
            throw new PipelineException(
                PipelineErrorKind.Access, $"Node {model.UniqueId} with 'ephemeral' materialization has an invalid value (public) for the access field", model.OriginalFilePath);
        }

        foreach (var snapshot in nodes.Values.OfType<SnapshotNode>())
        {
            ConfigChecks.CheckSnapshot(snapshot);
        }

        Microbatch();
        Deprecations();
        Spaces();
        Relations();
    }

    void Groups()
    {
        var known = groups.Values.Select(g => g.Name).Order(StringComparer.Ordinal).ToArray();
        foreach (var node in nodes.Values.Where(n => n.Group is not null && !known.Contains(n.Group)))
        {
            throw new PipelineException(PipelineErrorKind.InvalidProject, $"Invalid group '{node.Group}', expected one of {Text.Of(Dicts.ListOf(known))}", node.OriginalFilePath);
        }
    }

    void Microbatch()
    {
        foreach (var model in nodes.Values.OfType<ModelNode>().Where(m => m.Config is { Materialized: "incremental", IncrementalStrategy: "microbatch" }))
        {
            var config = model.Config;
            var message = config.Get("event_time") is null ? "must provide an 'event_time' (string) config that indicates the name of the event time column."
                : config.Get("event_time") is not string ? $"must provide an 'event_time' config of type string, but got: {Text.Of(config.Get("event_time"))}."
                : config.Get("begin") is null ? "must provide a 'begin' (datetime) config that indicates the earliest timestamp the microbatch model should be built from."
                : !DateTimeOffset.TryParse(Text.Of(config.Get("begin")), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _) ? $"must provide a 'begin' config of valid datetime (ISO format), but got: {Text.Of(config.Get("begin"))}."
                : config.Get("batch_size") is not ("hour" or "day" or "month" or "year") ? $"must provide a 'batch_size' config that is one of ['hour', 'day', 'month', 'year'], but got: {Text.Of(config.Get("batch_size"))}."
                : config.Get("lookback") is not (long or null) ? $"must provide the optional 'lookback' config as type int, but got: {Text.Of(config.Get("lookback"))})."
                : config.Get("concurrent_batches") is not (bool or null) ? $"optional 'concurrent_batches' config must be of type `bool` if specified, but got: {Text.Of(config.Get("concurrent_batches"))})."
                : null;
            if (message is not null)
            {
                throw new PipelineException(PipelineErrorKind.Config, $"Microbatch model '{model.Name}' {message}", model.OriginalFilePath);
            }
        }
    }

    void Deprecations()
    {
        var now = session.Options.Time.GetUtcNow();
        foreach (var model in nodes.Values.OfType<ModelNode>().Where(m => m.DeprecationDate is not null))
        {
            var date = model.DeprecationDate!.Value.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
            var past = model.DeprecationDate < now;
            var version = model.Version is null ? "" : $".v{Text.Of(model.Version)}";
            if (past)
            {
                session.Warn("DeprecatedModel", $"[WARNING]: Model {model.Name}{version} has passed its deprecation date of {date}. This model should be disabled or removed.", model.OriginalFilePath);
            }

            foreach (var child in nodes.Values.OfType<ModelNode>().Where(m => m.DependsOnNodes.Contains(model.UniqueId)))
            {
                var coda = model.Version is null || Text.Of(model.Version) == Text.Of(model.LatestVersion) ? ""
                    : $" A new version of '{model.Name}' is available. {(past ? "Migrate now" : "Try it out")}: {{{{ ref('{model.PackageName}', '{model.Name}', v='{Text.Of(model.LatestVersion)}') }}}}.";
                session.Warn(
                    past ? "DeprecatedReference" : "UpcomingReferenceDeprecation",
                    $"[WARNING]: While compiling '{child.Name}': Found a reference to {model.Name}{version}, which {(past ? "was deprecated" : "is slated for deprecation")} on '{date}'.{coda}",
                    child.OriginalFilePath);
            }
        }
    }

    void Spaces()
    {
        var bad = nodes.Values.Where(n => n.Name.Contains(' ', StringComparison.Ordinal)).ToArray();
        if (bad.Length > 0)
        {
            throw new PipelineException(
                PipelineErrorKind.InvalidProject,
                $"Resource names cannot contain spaces:\n{string.Join('\n', bad.Select(n => $"  * '{n.UniqueId}' ({n.OriginalFilePath})"))}\nPlease rename the invalid model(s) so that their name(s) do not contain any spaces.",
                bad[0].OriginalFilePath);
        }
    }

    void Relations()
    {
        var byRelation = new Dictionary<string, ManifestNode>(StringComparer.Ordinal);
        var byName = new Dictionary<(string, string), ManifestNode>();
        foreach (var node in nodes.Values.Where(n => n.ResourceType is ResourceType.Model or ResourceType.Seed or ResourceType.Snapshot))
        {
            if (node is not ModelNode { Version: not null })
            {
                if (byName.TryGetValue((node.PackageName, node.Name), out var named))
                {
                    session.Warn(
                        "DuplicateNameDistinctNodeTypesDeprecation",
                        $"[WARNING]: Deprecated functionality\nFound resources with the same name '{node.Name}' in package '{node.PackageName}': '{named.UniqueId}' and '{node.UniqueId}'. Please update one of the resources to have a unique name.",
                        node.OriginalFilePath);
                }

                byName[(node.PackageName, node.Name)] = node;
            }

            var relation = node.RelationName ?? $"\"{node.Database}\".\"{node.Schema}\".\"{node.Alias}\"";
            if (!byRelation.TryAdd(relation, node))
            {
                ManifestNode[] both = [byRelation[relation], node];
                throw new PipelineException(
                    PipelineErrorKind.Duplicate,
                    $"dbt found two resources with the database representation \"{relation}\".\ndbt cannot create two resources with identical database representations. To fix this,\nchange the configuration of one of these resources:\n- {both[0].UniqueId} ({both[0].OriginalFilePath})\n- {both[1].UniqueId} ({both[1].OriginalFilePath})",
                    node.OriginalFilePath);
            }
        }

        foreach (var versioned in nodes.Values.OfType<ModelNode>().Where(m => m.Version is not null))
        {
            if (byName.TryGetValue((versioned.PackageName, versioned.Name), out var other))
            {
                throw new PipelineException(
                    PipelineErrorKind.Duplicate,
                    $"dbt found versioned and unversioned models with the name \"{versioned.Name}\".\n\nSince these resources have the same name, dbt will be unable to find the correct resource\nwhen looking for ref('{versioned.Name}').\n\nTo fix this, change the name of the unversioned resource\n{other.UniqueId} ({other.OriginalFilePath})\nor add the unversioned model to the versions in {versioned.PatchPath}",
                    other.OriginalFilePath);
            }
        }
    }
}
