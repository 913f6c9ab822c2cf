using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

internal sealed partial class ManifestBuilder
{
    /// <summary>Sources as they are declared; they are made last, when all that overrides them is known.</summary>
    readonly List<(PropertiesFile File, JinjaDict Source, JinjaDict Table, int Line)> declaredSources = [];
    readonly Dictionary<(string Package, string Source), (PropertiesFile File, JinjaDict Patch, int Line)> sourcePatches = [];

    void AddSources(PropertiesFile file)
    {
        foreach (var (source, line) in file.Entries("sources"))
        {
            RenameTests(file, "sources", source, line);
            if (source.Text("overrides") is { } package)
            {
                if (!sourcePatches.TryAdd((package, source.Text("name")!), (file, source, line)))
                {
                    throw file.Fail(
                        line,
                        $"dbt found two schema.yml entries for the same source named {source.Text("name")} in package {package}. Sources may only be overridden a single time. To fix this, remove one of the following source overrides:\n - {sourcePatches[(package, source.Text("name")!)].File.Path}\n - {file.Path}",
                        PipelineErrorKind.Duplicate);
                }

                continue;
            }

            foreach (var owner in source.Mappings("tables").Prepend(source).Where(o => o.Get("loaded_at_field") is ""))
            {
                throw file.Fail(line, $"Invalid sources config given in {file.Path} @ sources: loaded_at_field cannot be an empty string.");
            }

            foreach (var table in source.Mappings("tables"))
            {
                if (table.Text("name") is null)
                {
                    throw file.Fail(line, $"Invalid sources config given in {file.Path} @ sources: {source.Text("name")} - at path ['tables']: 'name' is a required property");
                }

                declaredSources.Add((file, source, table, file.Document.LineOf(table) is var own && own > 0 ? own : line));
            }
        }
    }

    /// <summary>Makes the sources and their tests.</summary>
    public void FinishSources()
    {
        var used = new HashSet<(string, string)>();
        foreach (var (file, declared, declaredTable, line) in declaredSources)
        {
            var (source, table, patchPath) = (declared, declaredTable, (string?)null);
            var key = (file.Scope.Package.Name, declared.Text("name")!);
            if (sourcePatches.TryGetValue(key, out var patch))
            {
                used.Add(key);
                source = declared.Clone().With(patch.Patch.Without("overrides", "tables", "name"));
                patchPath = patch.File.File.FileId;
                if (patch.Patch.Mappings("tables").FirstOrDefault(t => t.Text("name") == table.Text("name")) is { } tablePatch)
                {
                    table = table.Clone().With(tablePatch);
                }
            }

            AddSource(file, source, table, patchPath, line);
        }

        foreach (var (key, (file, _, line)) in sourcePatches.Where(p => !used.Contains(p.Key)))
        {
            session.Warn("UnusedTables", $"[WARNING]: During parsing, dbt encountered source overrides that had no target:\n  - Source {key.Package}.{key.Source} (in {file.Path})", file.Path, line);
        }
    }

    void AddSource(PropertiesFile file, JinjaDict source, JinjaDict table, string? patchPath, int line)
    {
        var package = file.Scope.Package;
        var (sourceName, name) = (source.Text("name")!, table.Text("name")!);
        var fqn = new[] { package.Name }.Concat(file.File.Folders).Append(sourceName).Append(name).ToArray();
        var (sourceConfig, tableConfig) = (source.Dict("config"), table.Dict("config"));
        string[] tags = [.. source.Texts("tags").Concat(sourceConfig.Texts("tags")).Concat(table.Texts("tags")).Concat(tableConfig.Texts("tags")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var target = new TestTarget(name, "sources", null, sourceName, null);
        var columns = table.Mappings("columns");
        string[] testTags = [.. source.Texts("tags"), .. table.Texts("tags")];
        AddTests(file, target, table.List("data_tests"), columns, table.Dict("quoting").Flag("column") ?? source.Dict("quoting").Flag("column"), line, testTags);

        var patch = sourceConfig.Clone().With(tableConfig);
        var (field, query) = LoadedAt(file, source, table, line);
        patch.Set("loaded_at_field", field);
        patch.Set("loaded_at_query", query);
        patch.Set("meta", source.Dict("meta").Clone().With(sourceConfig.Dict("meta")).With(table.Dict("meta")).With(tableConfig.Dict("meta")));
        patch = patch.Without("tags", "freshness");
        if (FreshnessMerge.Of(file, source, table, line) is var (freshness, isGiven) && isGiven)
        {
            patch.Set("freshness", freshness);
        }

        var config = ConfigBuilder.Build(session, ResourceType.Source, package, fqn, patch, new JinjaDict(), file.Path, line);
        if (tags.Length > 0)
        {
            config.Values.Set("tags", Dicts.ListOf(config.Tags.Concat(tags).Distinct(StringComparer.Ordinal)));
        }

        var quoting = new Quoting(
            table.Dict("quoting").Flag("database") ?? source.Dict("quoting").Flag("database"),
            table.Dict("quoting").Flag("schema") ?? source.Dict("quoting").Flag("schema"),
            table.Dict("quoting").Flag("identifier") ?? source.Dict("quoting").Flag("identifier"),
            table.Dict("quoting").Flag("column") ?? source.Dict("quoting").Flag("column"));
        var database = source.Text("database") is { Length: > 0 } given ? given : session.Target.Database;
        var schema = source.Text("schema") is { Length: > 0 } space ? space : sourceName;
        var identifier = table.Text("identifier") is { Length: > 0 } other ? other : name;
        var parts = Dicts.Of(("database", quoting.Database), ("schema", quoting.Schema), ("identifier", quoting.Identifier));
        var definition = new SourceDefinition
        {
            UniqueId = $"source.{package.Name}.{sourceName}.{name}",
            Name = name,
            SourceName = sourceName,
            PackageName = package.Name,
            Path = file.Path,
            OriginalFilePath = file.Path,
            Fqn = fqn,
            Config = config,
            UnrenderedConfig = ConfigBuilder.Unrendered(session, ResourceType.Source, package, fqn, patch, new JinjaDict()),
            Tags = config.Tags,
            Meta = config.Meta,
            Description = table.Text("description") ?? "",
            SourceDescription = source.Text("description") ?? "",
            SourceMeta = source.Dict("meta").Clone().With(sourceConfig.Dict("meta")),
            Loader = source.Text("loader") ?? "",
            Database = database,
            Schema = schema,
            Identifier = identifier,
            RelationName = RelationOf(database, schema, identifier, parts),
            Quoting = quoting,
            LoadedAtField = config.Text("loaded_at_field"),
            LoadedAtQuery = config.Text("loaded_at_query"),
            Freshness = FreshnessMerge.Read(config.Get("freshness") as JinjaDict),
            Columns = file.Columns(columns),
            External = table.Get("external") as JinjaDict,
            PatchPath = patchPath,
        };
        if (!definition.Enabled)
        {
            AddDisabled(definition);
        }
        else if (!sources.TryAdd(definition.UniqueId, definition))
        {
            throw Duplicates.Node(sources[definition.UniqueId], definition);
        }
    }

    static (string? Field, string? Query) LoadedAt(PropertiesFile file, JinjaDict source, JinjaDict table, int line)
    {
        string? Of(JinjaDict owner, string key) => owner.Text(key) ?? owner.Dict("config").Text(key);
        var fieldIsSaid = table.Has("loaded_at_field") || table.Dict("config").Get("loaded_at_field") is not null;
        if (fieldIsSaid && Of(table, "loaded_at_query") is not null)
        {
            throw file.Fail(line, "Cannot specify both loaded_at_field and loaded_at_query at table level.");
        }

        if (Of(source, "loaded_at_field") is not null && Of(source, "loaded_at_query") is not null)
        {
            throw file.Fail(line, "Cannot specify both loaded_at_field and loaded_at_query at source level.");
        }

        var field = fieldIsSaid ? Of(table, "loaded_at_field") : Of(source, "loaded_at_field");
        var query = Of(table, "loaded_at_query") ?? (fieldIsSaid ? null : Of(source, "loaded_at_query"));
        return (field, query);
    }
}

/// <summary>Freshness said at up to four places, from the source down to the table's config: null at one switches it off, ages merge.</summary>
internal static class FreshnessMerge
{
    public static (JinjaDict? Freshness, bool IsGiven) Of(PropertiesFile file, JinjaDict source, JinjaDict table, int line)
    {
        JinjaDict? merged = null;
        var first = true;
        foreach (var owner in new[] { source, source.Dict("config"), table, table.Dict("config") })
        {
            var isOff = owner.TryGet("freshness", out var value) && value is null;
            var update = isOff ? null : value switch
            {
                null => new JinjaDict(),
                JinjaDict dict => dict,
                var other => throw file.Fail(line, $"Invalid sources config given in {file.Path} @ sources: freshness must be a mapping, got {Text.Of(other)}"),
            };
            merged = first ? update
                : merged is not null && update is not null ? Merge(merged, update)
                : merged is null && update is not null && IsSet(update) ? update
                : null;
            first = false;
        }

        // Null is said; what limits nothing was never said.
        return merged is null ? (null, true) : IsSet(merged) ? (Full(merged), true) : (null, false);
    }

    public static FreshnessThreshold? Read(JinjaDict? freshness)
    {
        if (freshness is null)
        {
            return null;
        }

        static FreshnessAge? Age(object? value) => value is JinjaDict dict ? new FreshnessAge(dict.Get("count") is long count ? (int)count : null, dict.Text("period")) : null;
        return new FreshnessThreshold(Age(freshness.Get("warn_after")), Age(freshness.Get("error_after")), freshness.Text("filter"));
    }

    static bool IsSet(JinjaDict freshness) => AgeIsSet(freshness.Get("warn_after")) || AgeIsSet(freshness.Get("error_after"));

    static bool AgeIsSet(object? age) => age is JinjaDict dict && dict.Get("count") is not null && dict.Get("period") is not null;

    static JinjaDict Merge(JinjaDict below, JinjaDict above)
    {
        var merged = Dicts.Of(("warn_after", Age("warn_after")), ("error_after", Age("error_after")), ("filter", above.Get("filter") ?? below.Get("filter")));
        return merged;

        object? Age(string key)
        {
            if (above.TryGet(key, out var update) && update is null)
            {
                return null;
            }

            var known = below.Has(key) ? below.Get(key) : new JinjaDict();
            return AgeIsSet(known) && AgeIsSet(update) ? ((JinjaDict)known!).Clone().With((JinjaDict)update!) : AgeIsSet(update) ? update : known;
        }
    }

    static JinjaDict Full(JinjaDict freshness)
    {
        object? Age(string key) => freshness.TryGet(key, out var value) ? value is JinjaDict dict ? Dicts.Of(("count", dict.Get("count")), ("period", dict.Get("period"))) : null
            : Dicts.Of(("count", null), ("period", null));
        return Dicts.Of(("warn_after", Age("warn_after")), ("error_after", Age("error_after")), ("filter", freshness.Get("filter")));
    }
}
