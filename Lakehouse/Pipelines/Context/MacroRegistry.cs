using Lakehouse.Jinja;
using Lakehouse.Pipelines.BuiltIn;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Context;

/// <summary>A macro with the template that defines it.</summary>
/// <param name="Package">The package that defines it.</param>
/// <param name="Name">Its name, as <see cref="JinjaMacroSignature.Name"/> has it.</param>
/// <param name="Source">Its template, read when it is first used.</param>
internal sealed record RegisteredMacro(string Package, string Name, Lazy<JinjaTemplate> Source)
{
    /// <exception cref="JinjaException">The template is not valid.</exception>
    public JinjaTemplate Template => Source.Value;

    public string UniqueId => $"macro.{Package}.{Name}";
}

/// <summary>The macros of a project, its packages and the engine, and the order in which each place looks for them. Immutable once filled: threads may share it.</summary>
internal sealed class MacroRegistry(string rootPackage, IReadOnlyDictionary<string, IReadOnlyList<string>> dispatch)
{
    /// <summary>The packages that the engine brings along, in dbt's names; the first wins.</summary>
    public static IReadOnlyList<string> Internal { get; } = ["dbt_duckdb", "dbt"];

    static readonly string[] Prefixes = ["duckdb", "default"];

    readonly Dictionary<string, Dictionary<string, RegisteredMacro>> packages = new(StringComparer.Ordinal);

    public string RootPackage => rootPackage;

    /// <summary>The macros of a manifest, with those that the engine brings along.</summary>
    public static MacroRegistry Of(Manifest manifest, IReadOnlyDictionary<string, IReadOnlyList<string>> dispatch, IEnumerable<string> packages)
    {
        var registry = new MacroRegistry(manifest.ProjectName, dispatch);
        foreach (var package in packages)
        {
            registry.AddPackage(package);
        }

        foreach (var macro in BuiltInMacros.All)
        {
            registry.Add(macro);
        }

        foreach (var macro in manifest.Macros.Values.Where(m => !Internal.Contains(m.PackageName)))
        {
            // The lines before it are blank, so that errors name its place in the file.
            registry.Add(new RegisteredMacro(macro.PackageName, macro.Name, new Lazy<JinjaTemplate>(() => Templates.Running.Parse(macro.OriginalFilePath, new string('\n', Math.Max(0, macro.Line - 1)) + macro.Sql))));
        }

        return registry;
    }

    /// <summary>The packages of the project, the root among them; not the engine's.</summary>
    public IEnumerable<string> Packages => packages.Keys.Where(p => !Internal.Contains(p));

    public IEnumerable<RegisteredMacro> All => packages.Values.SelectMany(p => p.Values);

    public void Add(RegisteredMacro macro)
    {
        AddPackage(macro.Package);
        packages[macro.Package][macro.Name] = macro;
    }

    /// <summary>A package that may have no macros.</summary>
    public void AddPackage(string package) => packages.TryAdd(package, new Dictionary<string, RegisteredMacro>(StringComparer.Ordinal));

    /// <summary>The macro of an unqualified name as a node of a package finds it: its own package's, the root project's, the engine's.</summary>
    public RegisteredMacro? Find(string fromPackage, string name) => In(fromPackage, name) ?? In(rootPackage, name) ?? FindInternal(name);

    /// <summary>The macro of a package; <c>dbt</c> stands for all that the engine brings along.</summary>
    public RegisteredMacro? FindQualified(string package, string name) => package == "dbt" ? FindInternal(name) : In(package, name);

    public RegisteredMacro? FindInternal(string name)
    {
        foreach (var package in Internal)
        {
            if (In(package, name) is { } macro)
            {
                return macro;
            }
        }

        return null;
    }

    public bool HasPackage(string package) => package == "dbt" || packages.ContainsKey(package);

    /// <summary>Names of the macros in a package.</summary>
    public IEnumerable<string> NamesIn(string package) => package == "dbt"
        ? Internal.SelectMany(NamesInOne).Distinct(StringComparer.Ordinal)
        : NamesInOne(package);

    IEnumerable<string> NamesInOne(string package) => packages.TryGetValue(package, out var macros) ? macros.Keys : [];

    RegisteredMacro? In(string package, string name) => packages.TryGetValue(package, out var macros) && macros.TryGetValue(name, out var macro) ? macro : null;

    /// <summary>A macro for this adapter, as <c>adapter.dispatch</c> looks for it.</summary>
    /// <exception cref="JinjaException">There is none.</exception>
    public RegisteredMacro Dispatch(string fromPackage, string name, string? macroNamespace)
    {
        if (name.IndexOf('.', StringComparison.Ordinal) is var dot && dot >= 0)
        {
            throw JinjaException.Value(
                $"In adapter.dispatch, got a macro name of \"{name}\", but \".\" is not a valid macro name component. Did you mean `adapter.dispatch(\"{name[(dot + 1)..]}\", macro_namespace=\"{name[..dot]}\")`?");
        }

        IEnumerable<string?> search = macroNamespace is null ? new string?[] { null }
            : dispatch.TryGetValue(macroNamespace, out var order) ? order.Cast<string?>()
            : HasPackage(macroNamespace) ? new string?[] { rootPackage, macroNamespace }
            : [];
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

        throw JinjaException.Value($"In dispatch: No macro named '{name}' found within namespace: '{macroNamespace ?? "None"}'\n    Searched for: {string.Join(", ", attempts)}");
    }

    /// <summary>The materialization of a name: one for this adapter before a default one, then the root project's, a package's own, the engine's.</summary>
    public RegisteredMacro? FindMaterialization(string name)
    {
        foreach (var adapter in Prefixes)
        {
            var wanted = $"materialization_{name}_{adapter}";
            var builtIn = Prefixes.Any(p => FindInternal($"materialization_{name}_{p}") is not null);

            // A package may bring materializations, but not put its own in the place of the engine's.
            var found = In(rootPackage, wanted) ?? (builtIn ? null : Packages.Select(p => In(p, wanted)).FirstOrDefault(m => m is not null)) ?? FindInternal(wanted);
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The macro that makes a part of nodes' names (<c>schema</c>, <c>alias</c>, <c>database</c>): the package's own for its nodes, the root project's, the engine's.</summary>
    public RegisteredMacro? FindGenerator(string component, string package)
    {
        var name = $"generate_{component}_name";
        return In(package, name) ?? In(rootPackage, name) ?? FindInternal(name);
    }
}
