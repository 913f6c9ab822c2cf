using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>A macro with the template that defines it.</summary>
internal sealed record CatalogMacro(MacroDefinition Definition, JinjaTemplate Template, IReadOnlyList<JinjaCallSite> Calls);

/// <summary>All macros of a project, its packages and the engine, and where each is looked for.</summary>
internal sealed class MacroCatalog(string rootPackage, IReadOnlyDictionary<string, IReadOnlyList<string>> dispatch)
{
    /// <summary>The packages that the engine brings along, in dbt's names.</summary>
    public static IReadOnlyList<string> Internal { get; } = ["dbt_duckdb", "dbt"];

    static readonly string[] Prefixes = ["duckdb", "default"];

    readonly Dictionary<string, Dictionary<string, CatalogMacro>> packages = new(StringComparer.Ordinal);

    public IEnumerable<CatalogMacro> All => packages.Values.SelectMany(p => p.Values);

    public bool HasPackage(string package) => packages.ContainsKey(package) || Internal.Contains(package);

    public void AddPackage(string package) => packages.TryAdd(package, new Dictionary<string, CatalogMacro>(StringComparer.Ordinal));

    /// <summary>Takes over the packages of another catalog, which is not changed any more.</summary>
    public void AddShared(MacroCatalog other)
    {
        foreach (var (package, macros) in other.packages)
        {
            packages[package] = macros;
        }
    }

    /// <summary>Adds the macros of a file.</summary>
    /// <exception cref="PipelineException">The file is not valid, or a macro of that name is in the package already.</exception>
    public void AddFile(string package, string path, string text, bool testsOnly = false)
    {
        AddPackage(package);
        JinjaTemplate template;
        try
        {
            template = TemplateEnvironments.Macros.Parse(path, text);
        }
        catch (JinjaException error)
        {
            throw PipelineException.From(error, path);
        }

        foreach (var signature in template.Macros)
        {
            var (name, line) = signature;
            if (testsOnly && !name.StartsWith("test_", StringComparison.Ordinal))
            {
                continue;
            }

            var macro = new CatalogMacro(
                new MacroDefinition
                {
                    UniqueId = $"macro.{package}.{name}",
                    Name = name,
                    PackageName = package,
                    OriginalFilePath = path,
                    Sql = signature.Text,
                    Line = line,
                },
                template,
                signature.Calls);
            if (!packages[package].TryAdd(name, macro))
            {
                var other = packages[package][name].Definition;
                throw new PipelineException(
                    PipelineErrorKind.Duplicate,
                    $"dbt found multiple macros named \"{name}\" in the project \"{package}\".\n All macros require unique names, to fix this error rename or remove any duplicates. They can be found in these files:\n    - {path}\n    - {other.OriginalFilePath}",
                    path,
                    line);
            }
        }
    }

    /// <summary>A macro as a node of a package finds it: among those of its package, of the root project, of the engine.</summary>
    public CatalogMacro? Find(string fromPackage, string name) => FindOwn(fromPackage, name) ?? FindInternal(name);

    public CatalogMacro? FindOwn(string fromPackage, string name) => InPackage(fromPackage, name) ?? InPackage(rootPackage, name);

    public CatalogMacro? FindInternal(string name) => Internal.Select(p => InPackage(p, name)).FirstOrDefault(m => m is not null);

    public CatalogMacro? FindQualified(string package, string name) => package == "dbt" ? FindInternal(name) : InPackage(package, name);

    /// <summary>A macro of any package: that of the node first, then the root project, the others, the engine.</summary>
    public CatalogMacro? FindAnywhere(string fromPackage, string name) =>
        FindOwn(fromPackage, name) ?? packages.Where(p => !Internal.Contains(p.Key)).Select(p => InPackage(p.Key, name)).FirstOrDefault(m => m is not null) ?? FindInternal(name);

    CatalogMacro? InPackage(string package, string name) => packages.TryGetValue(package, out var macros) && macros.TryGetValue(name, out var macro) ? macro : null;

    /// <summary>A macro for this adapter, as <c>adapter.dispatch</c> looks for it.</summary>
    /// <exception cref="JinjaException">There is none.</exception>
    public CatalogMacro Dispatch(string fromPackage, string name, string? ns)
    {
        if (name.Contains('.', StringComparison.Ordinal))
        {
            throw JinjaException.Value($"In adapter.dispatch, got a macro name of \"{name}\", but \".\" is not a valid macro name component. Did you mean `adapter.dispatch(\"{name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]}\", macro_namespace=\"{name[..name.IndexOf('.', StringComparison.Ordinal)]}\")`?");
        }

        string?[] search = ns is null ? [null]
            : dispatch.TryGetValue(ns, out var order) ? [.. order]
            : HasPackage(ns) ? [rootPackage, ns] : [];
        var attempts = new List<string>();
        foreach (var package in search)
        {
            foreach (var prefix in Prefixes)
            {
                var wanted = $"{prefix}__{name}";
                attempts.Add(package is null ? $"'{wanted}'" : $"'{package}.{wanted}'");
                if ((package is null ? Find(fromPackage, wanted) : FindQualified(package, wanted)) is { } macro)
                {
                    return macro;
                }
            }
        }

        throw JinjaException.Value($"In dispatch: No macro named '{name}' found within namespace: '{ns ?? "None"}'\n    Searched for: {string.Join(", ", attempts)}");
    }

    /// <summary>The macros with those that each calls, as they are written in it.</summary>
    public IEnumerable<MacroDefinition> Definitions() => All.Select(m => m.Definition with { DependsOnMacros = CalledBy(m) });

    IReadOnlyList<string> CalledBy(CatalogMacro macro)
    {
        var from = macro.Definition.PackageName;
        return [.. macro.Calls.SelectMany(Targets).OfType<CatalogMacro>().Select(m => m.Definition.UniqueId).Where(id => id != macro.Definition.UniqueId).Distinct(StringComparer.Ordinal)];

        IEnumerable<CatalogMacro?> Targets(JinjaCallSite call)
        {
            if (call.Name == "adapter.dispatch")
            {
                var ns = call.Arguments.Count > 1 && call.Arguments[1] is { } given ? given : from;
                return call.Arguments is [{ } name, ..]
                    ? Prefixes.SelectMany(p => new[] { FindQualified(rootPackage, $"{p}__{name}"), FindQualified(ns, $"{p}__{name}") })
                    : [];
            }

            var dot = call.Name.IndexOf('.', StringComparison.Ordinal);
            return [dot < 0 ? Find(from, call.Name) : FindQualified(call.Name[..dot], call.Name[(dot + 1)..])];
        }
    }
}
