using System.Globalization;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Projects;

/// <summary>Reads <c>dbt_project.yml</c>.</summary>
internal static class ProjectReader
{
    /// <summary>Sections with trees of config.</summary>
    static readonly string[] Sections =
        ["models", "seeds", "snapshots", "sources", "data_tests", "unit_tests", "exposures", "metrics", "semantic_models", "saved_queries"];

    static readonly string[] HookKeys = ["pre-hook", "post-hook", "pre_hook", "post_hook", "+pre-hook", "+post-hook", "+pre_hook", "+post_hook"];

    /// <summary>The file as it is written.</summary>
    /// <exception cref="PipelineException">It is missing or not valid.</exception>
    public static YamlDocument ReadRaw(string folder)
    {
        var path = Path.Combine(folder, "dbt_project.yml");
        if (!File.Exists(path))
        {
            throw new PipelineException(PipelineErrorKind.InvalidProject, $"No dbt_project.yml found at expected path {path}");
        }

        var document = YamlDocument.Parse("dbt_project.yml", File.ReadAllText(path));
        return document.Root is JinjaDict ? document : throw new PipelineException(PipelineErrorKind.InvalidProject, "dbt_project.yml does not parse to a dictionary", "dbt_project.yml");
    }

    /// <summary>The project of a file, rendered.</summary>
    /// <param name="folder">Folder of the project.</param>
    /// <param name="document">Its file.</param>
    /// <param name="variables">What templates in it see.</param>
    /// <param name="warnings">Takes what is out of date in it.</param>
    /// <exception cref="PipelineException">It is not valid.</exception>
    public static Project Read(string folder, YamlDocument document, IReadOnlyDictionary<string, object?> variables, ICollection<ProjectWarning> warnings)
    {
        var raw = (JinjaDict)document.Root!;
        var rendered = (JinjaDict)YamlRenderer.Render(raw, variables, document.Path, KeepsTemplates)!;
        if (rendered.Has("tests") && !rendered.Has("data_tests"))
        {
            rendered.Set("data_tests", rendered.Get("tests"));
            raw = raw.Clone().With("data_tests", raw.Get("tests"));
        }

        foreach (var (old, now) in new[] { ("source-paths", "model-paths"), ("data-paths", "seed-paths") })
        {
            if (rendered.Has(old))
            {
                if (rendered.Has(now))
                {
                    throw Fail($"{old} and {now} cannot both be defined. The `{old}` config has been deprecated in favor of `{now}`. Please update your `dbt_project.yml` configuration to reflect this change.");
                }

                warnings.Add(new ProjectWarning(
                    old == "source-paths" ? "ConfigSourcePathDeprecation" : "ConfigDataPathDeprecation",
                    $"[WARNING]: Deprecated functionality\nThe `{old}` config has been renamed to `{now}`. Please update your `dbt_project.yml` configuration to reflect this change.",
                    document.Path));
                rendered.Set(now, rendered.Get(old));
            }
        }

        var name = rendered.Get("name") switch
        {
            string { Length: > 0 } text when text.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') && !char.IsAsciiDigit(text[0]) => text,
            null => throw Fail("at path ['name']: a project must have a name"),
            var other => throw Fail($"at path ['name']: {Text.Of(other)} is no name of a project: letters, digits and underscores only, no digit first"),
        };
        return new Project
        {
            Name = name,
            Folder = folder,
            Version = rendered.Text("version"),
            Profile = rendered.Text("profile"),
            ModelPaths = Paths("model-paths", "models"),
            SeedPaths = Paths("seed-paths", "seeds"),
            SnapshotPaths = Paths("snapshot-paths", "snapshots"),
            TestPaths = Paths("test-paths", "tests"),
            AnalysisPaths = Paths("analysis-paths", "analyses"),
            MacroPaths = Paths("macro-paths", "macros"),
            DocsPaths = rendered.Has("docs-paths") ? Paths("docs-paths") : [],
            TargetPath = rendered.Text("target-path") ?? "target",
            PackagesInstallPath = rendered.Text("packages-install-path") ?? "dbt_packages",
            Vars = rendered.Get("vars") as JinjaDict ?? new JinjaDict(),
            Configs = Trees(rendered),
            UnrenderedConfigs = Trees(raw),
            Dispatch = rendered.Mappings("dispatch").Where(d => d.Text("macro_namespace") is not null)
                .ToDictionary(d => d.Text("macro_namespace")!, d => d.Texts("search_order"), StringComparer.Ordinal),
            OnRunStart = [.. rendered.Texts("on-run-start")],
            OnRunEnd = [.. rendered.Texts("on-run-end")],
            Quoting = rendered.Get("quoting") as JinjaDict ?? new JinjaDict(),
            Flags = rendered.Get("flags") as JinjaDict ?? new JinjaDict(),
            QueryComment = rendered.Get("query-comment"),
            RestrictAccess = rendered.Flag("restrict-access") ?? false,
            RequireDbtVersion = Required(),
            Raw = raw,
        };

        IReadOnlyList<string> Required()
        {
            var versions = rendered.Texts("require-dbt-version").SelectMany(v => v.Split(',')).Select(v => v.Trim()).Where(v => v.Length > 0).ToArray();
            if (versions.FirstOrDefault(v => !VersionRange.Parse(v, document.Path).Contains(ProjectParser.DbtVersion)) is not null)
            {
                throw Fail(
                    $"This version of dbt is not supported with the '{name}' package.\n  Installed version of dbt: ={ProjectParser.DbtVersion}\n  Required version of dbt for '{name}': [{string.Join(", ", versions.Select(v => $"'{v}'"))}]\nCheck for a different version of the '{name}' package, or run dbt again with --no-version-check");
            }

            return versions;
        }

        IReadOnlyList<string> Paths(string key, params string[] otherwise)
        {
            if (rendered.Get(key) is null)
            {
                return otherwise;
            }

            var paths = rendered.Texts(key).Select(p => p.Replace('\\', '/').TrimEnd('/')).ToArray();
            foreach (var path in paths.Where(p => Path.IsPathRooted(p) || p.Split('/').Contains("..")))
            {
                throw Fail($"'{path}' of '{key}' leads out of the project");
            }

            return paths;
        }

        PipelineException Fail(string message) => new(PipelineErrorKind.InvalidProject, message, document.Path, document.LineOf(raw));
    }

    static Dictionary<string, JinjaDict> Trees(JinjaDict root)
    {
        var trees = new Dictionary<string, JinjaDict>(StringComparer.Ordinal);
        foreach (var section in Sections)
        {
            if ((root.Get(section) ?? root.Get(section.Replace('_', '-'))) is JinjaDict tree)
            {
                trees[section] = tree;
            }
        }

        return trees;
    }

    static bool KeepsTemplates(IReadOnlyList<object?> path) =>
        path.Count > 0 && (path[0] is "on-run-start" or "on-run-end" or "query-comment" or "vars"
            || (path[0] is "seeds" or "models" or "snapshots" or "tests" or "data_tests" && path.Any(p => p is string key && HookKeys.Contains(key))));
}

/// <summary>A condition on versions, such as <c>&gt;=1.6.0</c>.</summary>
internal sealed record VersionRange(string Operator, Version Version)
{
    public static VersionRange Parse(string text, string file)
    {
        var trimmed = text.Trim();
        var op = new[] { ">=", "<=", ">", "<", "=" }.FirstOrDefault(trimmed.StartsWith) ?? "=";
        var number = trimmed.StartsWith(op, StringComparison.Ordinal) ? trimmed[op.Length..].Trim() : trimmed;
        var digits = new string([.. number.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]).Trim('.');
        return Version.TryParse(digits.Contains('.', StringComparison.Ordinal) ? digits : digits + ".0", out var version)
            ? new VersionRange(op, new Version(version.Major, version.Minor, Math.Max(0, version.Build)))
            : throw new PipelineException(PipelineErrorKind.InvalidProject, string.Create(CultureInfo.InvariantCulture, $"\"{text}\" is not a valid semantic version."), file);
    }

    public bool Contains(string text)
    {
        var other = Version.Parse(text);
        var order = other.CompareTo(Version);
        return Operator switch { ">=" => order >= 0, "<=" => order <= 0, ">" => order > 0, "<" => order < 0, _ => order == 0 };
    }
}
