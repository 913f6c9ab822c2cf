using System.Globalization;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

internal sealed partial class ManifestBuilder
{
    static readonly string[] ConfigProperties = ["meta", "docs", "group", "contract", "access"];

    /// <summary>Reads all that a properties file says.</summary>
    public void AddProperties(PropertiesFile file)
    {
        file.Check();
        foreach (var (key, line, column) in file.Document.Duplicates)
        {
            session.Warn("DuplicateYAMLKeysDeprecation", $"Duplicate key '{key}' in \"<unicode string>\", line {line}, column {column} in file `{file.Path}`", file.Path, line);
        }

        Described(file, "models", ResourceType.Model);
        Described(file, "seeds", ResourceType.Seed);
        AddYamlSnapshots(file);
        Described(file, "snapshots", ResourceType.Snapshot);
        AddSources(file);
        PatchMacros(file);
        PatchSingularTests(file);
        Described(file, "analyses", ResourceType.Analysis);
        AddExposures(file);
        if (file.Entries("functions").FirstOrDefault() is ({ } function, var functionLine))
        {
            throw file.Fail(functionLine, $"the function '{function.Text("name")}' is refused: functions are not supported", PipelineErrorKind.Unsupported);
        }

        AddSemantics(file, "metrics", ResourceType.Metric);
        AddGroups(file);
        AddSemantics(file, "semantic_models", ResourceType.SemanticModel);
        AddUnitTests(file);
        AddSemantics(file, "saved_queries", ResourceType.SavedQuery);
    }

    void Described(PropertiesFile file, string section, ResourceType type)
    {
        var targets = new List<(TestTarget Target, JinjaDict Entry, int Line)>();
        foreach (var (entry, line) in file.Entries(section))
        {
            var name = entry.Text("name")!;
            MoveIntoConfig(file, entry, line);
            RenameTests(file, section, entry, line);
            var config = entry.Dict("config");
            if (type == ResourceType.Model && entry.Mappings("versions") is { Count: > 0 } versions)
            {
                targets.AddRange(PatchVersions(file, entry, line, config, versions));
                continue;
            }

            Patch(file, section, type, name, entry, line, config);
            if (type != ResourceType.Analysis)
            {
                targets.Add((new TestTarget(name, section, null, null, null), entry, line));
            }
        }

        // Tests come after all patches of the file, as in dbt: a test may be declared on what a later entry enables.
        foreach (var (target, entry, line) in targets)
        {
            AddTests(file, target, entry.List("data_tests"), [.. entry.Mappings("columns")], entry.Flag("quote_columns"), line);
        }
    }

    /// <summary>Some properties may stand beside <c>config</c> too, but not in both places.</summary>
    static void MoveIntoConfig(PropertiesFile file, JinjaDict entry, int line)
    {
        if (entry.Has("config") && entry.Get("config") is not JinjaDict)
        {
            entry.Set("config", new JinjaDict());
        }

        foreach (var key in ConfigProperties.Where(k => entry.Get(k) is not null))
        {
            var config = entry.Dict("config").Clone();
            if (config.Has(key))
            {
                throw file.Fail(line, $"In {file.Path}: found {key} dictionary in 'config' dictionary and as top-level key. Remove the top-level key and define it under 'config' dictionary only.");
            }

            entry.Set("config", config.With(key, entry.Get(key)));
        }
    }

    /// <summary><c>tests</c> is the old name of <c>data_tests</c>.</summary>
    static void RenameTests(PropertiesFile file, string section, JinjaDict entry, int line)
    {
        Rename(entry);
        foreach (var column in entry.Mappings("columns"))
        {
            Rename(column);
        }

        foreach (var version in entry.Mappings("versions"))
        {
            Rename(version);
            foreach (var column in version.Mappings("columns"))
            {
                Rename(column);
            }
        }

        foreach (var table in entry.Mappings("tables"))
        {
            RenameTests(file, section, table, line);
        }

        void Rename(JinjaDict owner)
        {
            if (owner.List("tests").Count == 0)
            {
                return;
            }

            if (owner.Has("data_tests"))
            {
                throw file.Fail(line, $"Invalid {section} config given in {file.Path} @ {section}: {Text.Of(entry)} - at path []: Invalid test config: cannot have both 'tests' and 'data_tests' defined");
            }

            owner.Set("data_tests", owner.Get("tests"));
        }
    }

    void Patch(PropertiesFile file, string section, ResourceType type, string name, JinjaDict entry, int line, JinjaDict config)
    {
        var package = file.Scope.Package.Name;
        ManifestNode? node;
        if (type == ResourceType.Analysis)
        {
            node = nodes.Values.FirstOrDefault(n => n.ResourceType == type && n.Name == name);
        }
        else
        {
            node = lookup.Find(name, package) ?? lookup.Find(name, null);
            if (node is not null && node.ResourceType != type)
            {
                session.Warn(
                    "WrongResourceSchemaFile",
                    $"[WARNING]: '{name}' is a {node.ResourceType.Word()} node, but it is specified in the {section} section of {file.Path}. To fix this error, place the `{name}` specification under the {ConfigBuilder.SectionOf(node.ResourceType)} key instead.",
                    file.Path,
                    line);
                return;
            }
        }

        if (node is null)
        {
            var off = lookup.FindDisabled(name, package, null, type);
            if (off.Count == 0)
            {
                NoNode(file, section, name, line);
                return;
            }

            if (off.Count > 1 && config.Get("enabled") is true)
            {
                throw file.Fail(
                    line,
                    $"Found {off.Count} matching disabled nodes for {type.Word()} '{name}'. Multiple nodes for the same unique id cannot be enabled in the schema file. They must be enabled in `dbt_project.yml` or in the sql files.");
            }

            var list = disabled[off[0].UniqueId];
            for (var i = 0; i < list.Count; i++)
            {
                list[i] = Patched(file, (ManifestNode)list[i], entry, config, line);
            }

            return;
        }

        node = nodes[node.UniqueId];
        if (node.PatchPath is { } already)
        {
            var other = already[(already.IndexOf("://", StringComparison.Ordinal) + 3)..];
            throw file.Fail(
                line,
                $"dbt found two schema.yml entries for the same resource named {name}. Resources and their associated columns may only be described a single time. To fix this, remove the resource entry for {name} in one of these files:\n - {other}\n{file.Path}",
                PipelineErrorKind.Duplicate);
        }

        nodes[node.UniqueId] = Patched(file, node, entry, config, line);
    }

    void NoNode(PropertiesFile file, string section, string name, int line) => session.Warn(
        "NoNodeForYamlKey", $"[WARNING]: Did not find matching node for patch with name '{name}' in the '{section}' section of file '{file.Path}'", file.Path, line);

    ManifestNode Patched(PropertiesFile file, ManifestNode node, JinjaDict entry, JinjaDict config, int line)
    {
        if (config.Count > 0)
        {
            node = Configure(node, ScopeOf(node.PackageName), config, file.Path, line);
        }

        node = node with
        {
            PatchPath = file.File.FileId,
            Description = entry.Text("description") ?? "",
            Columns = file.Columns(entry.Mappings("columns")),
        };
        if (node is ModelNode model)
        {
            return WithModelProperties(file, model, entry, entry, line);
        }

        foreach (var field in new[] { "latest_version", "constraints" }.Where(entry.Has))
        {
            session.Warn("ValidationWarning", $"[WARNING]: Field {field} is not valid for {node.ResourceType.Word()} ({node.Name})", file.Path, line);
        }

        return node;
    }

    ModelNode WithModelProperties(PropertiesFile file, ModelNode model, JinjaDict entry, JinjaDict constrained, int line)
    {
        var constraints = file.Constraints(constrained, $"model {model.Name}");
        model = model with
        {
            DeprecationDate = PropertiesFile.Date(entry.Get("deprecation_date")),
            TimeSpine = entry.Get("time_spine") as JinjaDict,
            Constraints = constraints,
        };
        var keys = model.Columns.Where(c => c.Constraints.Any(k => k.Type == "primary_key")).Select(c => c.Name).ToArray();
        if (keys.Length > 1)
        {
            throw file.Fail(
                line,
                $"Primary key constraint error: ({model.OriginalFilePath})\nFound {keys.Length} columns ({Text.Of(Dicts.ListOf(keys))}) with primary key constraints defined. Primary keys for multiple columns must be defined as a model level constraint.");
        }

        if (keys.Length > 0 && constraints.Any(c => c.Type == "primary_key"))
        {
            throw file.Fail(
                line,
                $"Primary key constraint error: ({model.OriginalFilePath})\nPrimary key constraints defined at the model level and the columns level. Primary keys can be defined at the model level or the column level, not both.");
        }

        if (model.Config.ContractEnforced)
        {
            var enforcing = model.Config.Materialized is "table" or "incremental";
            if (!enforcing && model.Columns.SelectMany(c => c.Constraints).Concat(constraints).Any(c => c.WarnUnsupported))
            {
                session.Warn(
                    "UnsupportedConstraintMaterialization",
                    $"[WARNING]: Constraint types are not supported for {model.Config.Materialized} materializations and will be ignored.  Set 'warn_unsupported: false' on this constraint to ignore this warning.",
                    file.Path,
                    line);
            }

            var missing = new List<string>();
            if (model.Columns.Count == 0)
            {
                missing.Add("Constraints must be defined in a `yml` schema configuration file like `schema.yml`.");
            }

            if (model.Language != "sql")
            {
                missing.Add($"Language Error: Expected 'sql' but found '{model.Language}'");
            }

            if (missing.Count > 0)
            {
                throw file.Fail(line, $"Contract enforcement failed for: ({model.OriginalFilePath})\n{string.Join('\n', missing)}");
            }

            model = model with { Contract = model.Contract with { Checksum = PropertiesFile.ContractChecksum(model) } };
        }

        foreach (var target in model.Columns.SelectMany(c => c.Constraints).Concat(constraints).Where(c => c.Type == "foreign_key").Select(c => c.To).OfType<string>())
        {
            model = StaticCall.Read(target) switch
            {
                NodeRef reference => model with { Refs = [.. model.Refs.Where(r => !r.Same(reference)), reference] },
                SourceRef source => model with { Sources = [.. model.Sources.Where(s => s.SourceName != source.SourceName || s.Table != source.Table), source] },
                _ => throw file.Fail(line, $"Invalid 'ref' or 'source' syntax on foreign key constraint 'to' on model {model.Name}: {target}."),
            };
        }

        return model;
    }

    void PatchMacros(PropertiesFile file)
    {
        foreach (var (entry, line) in file.Entries("macros"))
        {
            var name = entry.Text("name")!;
            var id = $"macro.{file.Scope.Package.Name}.{name}";
            if (session.Catalog.FindQualified(file.Scope.Package.Name, name) is null)
            {
                session.Warn("MacroNotFoundForPatch", $"[WARNING]: Found patch for macro \"{name}\" which was not found", file.Path, line);
                continue;
            }

            var config = entry.Dict("config");
            var docs = config.Get("docs") as JinjaDict ?? entry.Dict("docs");
            var patch = (
                entry.Text("description"),
                entry.Dict("meta").Clone().With(config.Dict("meta")),
                new NodeDocs(docs.Get("show") is not false, docs.Text("node_color")),
                (IReadOnlyList<MacroArgument>)[.. entry.Mappings("arguments").Select(a => new MacroArgument(a.Text("name") ?? "", a.Text("type"), a.Text("description") ?? ""))],
                file.File.FileId);
            if (!macroPatches.TryAdd(id, patch))
            {
                throw file.Fail(
                    line,
                    $"dbt found two schema.yml entries for the same macro in package {file.Scope.Package.Name} named {name}. Macros may only be described a single time. To fix this, remove one of these entries:\n  - {macroPatches[id].PatchPath}\n  - {file.File.FileId}",
                    PipelineErrorKind.Duplicate);
            }
        }
    }

    void PatchSingularTests(PropertiesFile file)
    {
        foreach (var (entry, line) in file.Entries("data_tests"))
        {
            var name = entry.Text("name")!;
            var found = nodes.Values.OfType<TestNode>().FirstOrDefault(t => !t.IsGeneric && t.Name == name && t.PackageName == file.Scope.Package.Name);
            if (found is null)
            {
                if (!disabled.Values.SelectMany(d => d).OfType<TestNode>().Any(t => !t.IsGeneric && t.Name == name))
                {
                    NoNode(file, "data_tests", name, line);
                }

                continue;
            }

            ManifestNode node = found;
            if (entry.Dict("config") is { Count: > 0 } config)
            {
                node = Configure(node, ScopeOf(node.PackageName), config, file.Path, line);
            }

            nodes[node.UniqueId] = node with { PatchPath = file.File.FileId, Description = entry.Text("description") ?? "" };
        }
    }

    IEnumerable<(TestTarget Target, JinjaDict Entry, int Line)> PatchVersions(PropertiesFile file, JinjaDict entry, int line, JinjaDict config, IReadOnlyList<JinjaDict> versions)
    {
        var name = entry.Text("name")!;
        var package = file.Scope.Package.Name;
        var values = versions.Select(v => v.Get("v") ?? throw file.Fail(line, $"Invalid models config given in {file.Path} @ models: {name} - at path ['versions']: 'v' is a required property")).ToArray();
        if (values.GroupBy(Text.Of).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw file.Fail(line, $"Found duplicate version: '{twice.Key}' in versions list of model '{name}'");
        }

        var latest = entry.Get("latest_version") ?? values.Aggregate((a, b) => VersionOrder.Compare(a, b) >= 0 ? a : b);
        if (!values.Any(v => Text.Of(v) == Text.Of(latest)))
        {
            throw file.Fail(line, $"latest_version: {Text.Of(latest)} is not one of model '{name}' versions: {Text.Of(new JinjaList(values))} ");
        }

        var targets = new List<(TestTarget, JinjaDict, int)>();
        for (var i = 0; i < versions.Count; i++)
        {
            var version = versions[i];
            var shown = $"v{VersionText(values[i])}";
            var definedIn = version.Text("defined_in") ?? $"{name}_{shown}";
            var columns = VersionColumns(file, entry, version);
            var isLatest = Text.Of(values[i]) == Text.Of(latest);
            var found = lookup.Find(definedIn, package) ?? (isLatest ? lookup.Find(name, package) : null);
            var off = found is null ? lookup.FindDisabled(definedIn, null, null, ResourceType.Model) : [];
            var target = new TestTarget(name, "models", values[i], null, columns);
            targets.Add((target, Dicts.Of(("data_tests", version.Get("data_tests") ?? entry.Get("data_tests")), ("columns", new JinjaList(columns.Select(c => (object?)c))), ("quote_columns", entry.Get("quote_columns"))), line));
            if ((found ?? off.FirstOrDefault()) is not ModelNode model)
            {
                NoNode(file, "models", definedIn, line);
                continue;
            }

            var enabled = found is not null;
            if (enabled)
            {
                model = (ModelNode)nodes[model.UniqueId];
                nodes.Remove(model.UniqueId);
            }
            else
            {
                disabled.Remove(model.UniqueId);
            }

            var merged = Dicts.DeepMerge(config, version.Dict("config"));
            foreach (var key in new[] { "access", "docs" }.Where(k => version.Get(k) is not null))
            {
                merged.Set(key, version.Get(key));
            }

            model = model with
            {
                UniqueId = $"model.{package}.{name}.{shown}",
                Name = name,
                Fqn = [.. model.Fqn.SkipLast(1), name, shown],
                Version = values[i],
                LatestVersion = latest,
                PatchPath = file.File.FileId,
                Description = version.Text("description") is { Length: > 0 } own ? own : entry.Text("description") ?? "",
                Columns = file.Columns(columns),
            };
            model = (ModelNode)Configure(model, ScopeOf(package), merged, file.Path, line);
            var dated = Dicts.Of(("deprecation_date", version.Get("deprecation_date")), ("time_spine", entry.Get("time_spine")));
            model = WithModelProperties(file, model, dated, version.List("constraints").Count > 0 ? version : entry, line);
            if (enabled)
            {
                nodes[model.UniqueId] = model;
            }
            else
            {
                AddDisabled(model);
            }
        }

        RebuildLookup();
        return targets;
    }

    static IReadOnlyList<JinjaDict> VersionColumns(PropertiesFile file, JinjaDict entry, JinjaDict version)
    {
        var choices = version.Mappings("columns").Where(c => c.Has("include") || c.Has("exclude")).ToArray();
        if (choices.Length > 1)
        {
            throw file.Fail(version, "version can have at most one include/exclude element");
        }

        var choice = choices.FirstOrDefault();
        var included = choice?.Get("include") ?? "*";
        var excluded = choice?.Texts("exclude") ?? [];
        bool Takes(string name) => (included is "*" or "all" || Dicts.Items(included).Contains(name)) && !excluded.Contains(name);
        return [.. entry.Mappings("columns").Where(c => Takes(c.Text("name") ?? "")), .. version.Mappings("columns").Where(c => !c.Has("include") && !c.Has("exclude"))];
    }

    void AddYamlSnapshots(PropertiesFile file)
    {
        var added = false;
        foreach (var (entry, line) in file.Entries("snapshots"))
        {
            if (entry.Text("relation") is not { } relation)
            {
                continue;
            }

            var name = entry.Text("name")!;
            var target = StaticCall.Read(relation) ?? throw file.Fail(line, $"Invalid ref or source expression: {relation}");
            var piece = new SqlPiece(
                ResourceType.Snapshot, file.Scope, name, $"{file.File.RelativePath}/{name}.sql", file.Path, [file.Scope.Package.Name, .. file.File.Folders, name],
                $"select * from {{{{ {relation} }}}}", "sql", FileChecksum.None with { Name = "sha256", Value = Checksums.Of(file.File.Text ?? "") });
            AddPiece(piece, SqlOutcome.Empty with
            {
                Refs = target is NodeRef reference ? [reference with { File = file.Path, Line = line }] : [],
                Sources = target is SourceRef source ? [source with { File = file.Path, Line = line }] : [],
            });
            added = true;
        }

        if (added)
        {
            RebuildLookup();
        }
    }
}

/// <summary>Order of versions: as numbers where both are, else as texts.</summary>
internal static class VersionOrder
{
    public static int Compare(object? a, object? b)
    {
        var (left, right) = (Text.Of(a), Text.Of(b));
        return double.TryParse(left, CultureInfo.InvariantCulture, out var x) && double.TryParse(right, CultureInfo.InvariantCulture, out var y) ? x.CompareTo(y) : string.CompareOrdinal(left, right);
    }
}
