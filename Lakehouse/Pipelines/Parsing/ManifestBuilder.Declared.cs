using System.Text.RegularExpressions;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

internal sealed partial class ManifestBuilder
{
    static readonly string[] ExposureTypes = ["dashboard", "notebook", "analysis", "ml", "application"];
    static readonly string[] Maturities = ["low", "medium", "high"];

    void AddExposures(PropertiesFile file)
    {
        foreach (var (entry, line) in file.Entries("exposures"))
        {
            var name = entry.Text("name")!;
            var package = file.Scope.Package;
            if (!WordPattern().IsMatch(name))
            {
                session.Warn(
                    "ExposureNameDeprecation",
                    $"[WARNING]: Deprecated functionality\nStarting in v1.3, the 'name' of an exposure should contain only letters, numbers, and underscores. Exposures support a new property, 'label', which may contain spaces, capital letters, and special\ncharacters. {name} does not follow this pattern. Please update the 'name', and use the 'label' property for a human-friendly title. This will raise an error in a future version of dbt-core.",
                    file.Path,
                    line);
            }

            Require(file, entry, line, "exposures", "type");
            var owner = Owner(file, entry, line, "exposures");
            var type = entry.Text("type")!;
            if (!ExposureTypes.Contains(type))
            {
                throw Invalid(file, entry, line, "exposures", $"at path ['type']: '{type}' is not one of {Text.Of(Dicts.ListOf(ExposureTypes))}");
            }

            if (entry.Text("maturity") is { } maturity && !Maturities.Contains(maturity))
            {
                throw Invalid(file, entry, line, "exposures", $"at path ['maturity']: '{maturity}' is not one of {Text.Of(Dicts.ListOf(Maturities))}");
            }

            string[] fqn = [package.Name, .. file.File.Folders, name];
            var config = ConfigBuilder.Build(session, ResourceType.Exposure, package, fqn, entry.Dict("config"), new JinjaDict(), file.Path, line);
            string[] tags = [.. entry.Texts("tags").Concat(config.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            var meta = entry.Dict("meta").Clone().With(config.Meta);
            config.Values.Set("tags", Dicts.ListOf(tags));
            config.Values.Set("meta", meta);
            var state = new ParseState();
            var variables = ParseContext.For(file.Scope, state, file.Path, name, name, () => Dicts.Of(("name", name)));
            foreach (var call in entry.Texts("depends_on"))
            {
                try
                {
                    TemplateEnvironments.Parsing.Parse(file.Path, $"{{{{ {call} }}}}").Render(variables);
                }
                catch (JinjaException error)
                {
                    throw new PipelineException(PipelineErrorKind.Template, $"the exposure '{name}' depends on '{call}': {error.Message}", file.Path, line, call, error);
                }
            }

            var exposure = new Exposure
            {
                UniqueId = $"exposure.{package.Name}.{name}",
                Name = name,
                PackageName = package.Name,
                Path = file.File.RelativePath,
                OriginalFilePath = file.Path,
                Fqn = fqn,
                Config = config,
                UnrenderedConfig = entry.Dict("config"),
                Tags = tags,
                Meta = meta,
                Description = entry.Text("description") ?? "",
                Type = type,
                Owner = owner,
                Label = entry.Text("label"),
                Maturity = entry.Text("maturity"),
                Url = entry.Text("url"),
                Refs = state.Refs,
                Sources = state.Sources,
            };
            if (!exposure.Enabled)
            {
                AddDisabled(exposure);
            }
            else if (!exposures.TryAdd(exposure.UniqueId, exposure))
            {
                throw Duplicates.Node(exposures[exposure.UniqueId], exposure);
            }
        }
    }

    void AddGroups(PropertiesFile file)
    {
        foreach (var (entry, line) in file.Entries("groups"))
        {
            var name = entry.Text("name")!;
            var package = file.Scope.Package.Name;
            var owner = Owner(file, entry, line, "groups");
            var id = $"group.{package}.{name}";
            if (!groups.TryAdd(id, new NodeGroup(id, name, package, file.File.RelativePath, file.Path, owner, entry.Text("description"), entry.Dict("config"))))
            {
                throw Duplicates.Resource("groups", name, (id, groups[id].OriginalFilePath), (id, file.Path));
            }
        }
    }

    static JinjaDict Owner(PropertiesFile file, JinjaDict entry, int line, string section)
    {
        Require(file, entry, line, section, "owner");
        var owner = entry.Get("owner") as JinjaDict ?? throw Invalid(file, entry, line, section, "at path ['owner']: it must be a mapping with 'name' or 'email'");
        return owner.Text("name") is null && owner.Text("email") is null
            ? throw Invalid(file, entry, line, section, "Group owner must have at least one of 'name' or 'email'.")
            : owner;
    }

    static void Require(PropertiesFile file, JinjaDict entry, int line, string section, string key)
    {
        if (entry.Get(key) is null)
        {
            throw Invalid(file, entry, line, section, $"at path []: '{key}' is a required property");
        }
    }

    static PipelineException Invalid(PropertiesFile file, JinjaDict entry, int line, string section, string message) =>
        file.Fail(line, $"Invalid {section} config given in {file.Path} @ {section}: {Text.Of(entry)} - {message}");

    void AddSemantics(PropertiesFile file, string section, ResourceType type)
    {
        foreach (var (entry, line) in file.Entries(section))
        {
            var name = entry.Text("name")!;
            var package = file.Scope.Package;
            string[] fqn = [package.Name, .. file.File.Folders, name];
            var config = ConfigBuilder.Build(session, type, package, fqn, entry.Dict("config"), new JinjaDict(), file.Path, line);
            var model = type == ResourceType.SemanticModel && entry.Text("model") is { } call ? StaticCall.Read(call) as NodeRef : null;
            var resource = new SemanticResource(type)
            {
                UniqueId = $"{type.Word()}.{package.Name}.{name}",
                Name = name,
                PackageName = package.Name,
                Path = file.File.RelativePath,
                OriginalFilePath = file.Path,
                Fqn = fqn,
                Config = config,
                Tags = [.. entry.Texts("tags").Concat(config.Tags).Distinct(StringComparer.Ordinal)],
                Meta = entry.Dict("meta").Clone().With(config.Meta),
                Description = entry.Text("description") ?? "",
                Refs = model is null ? [] : [model with { File = file.Path, Line = line }],
                Definition = entry,
                Group = config.Group ?? entry.Text("group"),
            };
            if (!resource.Enabled)
            {
                AddDisabled(resource);
            }
            else if (!semantics.TryAdd(resource.UniqueId, resource))
            {
                throw Duplicates.Node(semantics[resource.UniqueId], resource);
            }
        }
    }

    [GeneratedRegex(@"^[\w]+$", RegexOptions.None, 1000)]
    private static partial Regex WordPattern();
}
