using System.Text.RegularExpressions;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What a generic test is declared on.</summary>
/// <param name="Name">Name of the node, or of the source's table.</param>
/// <param name="YamlKey">Section of the YAML file.</param>
/// <param name="Version">The node's version; null without versions.</param>
/// <param name="SourceName">Name of the source; null for nodes.</param>
/// <param name="Columns">Columns of that version; null without versions.</param>
internal sealed record TestTarget(string Name, string YamlKey, object? Version, string? SourceName, IReadOnlyList<JinjaDict>? Columns)
{
    public bool IsSource => SourceName is not null;

    public string FileKeyName => $"{YamlKey}.{SourceName ?? Name}";

    /// <summary>The call that gives the tested relation.</summary>
    public string Call => SourceName is not null ? $"source('{SourceName}', '{Name}')"
        : Version is null ? $"ref('{Name}')"
        : $"ref('{Name}', version='{Text.Of(Version)}')";
}

/// <summary>A generic test as it is declared, taken apart: macro, arguments, config, and the names that dbt makes of them.</summary>
internal sealed partial class GenericTest
{
    /// <summary>Keys that may stand beside the arguments and are config.</summary>
    static readonly string[] ConfigKeys =
        ["severity", "tags", "enabled", "where", "limit", "warn_if", "error_if", "fail_calc", "store_failures", "store_failures_as", "meta", "database", "schema", "alias"];

    GenericTest()
    {
    }

    /// <summary>Name of the test, without its package.</summary>
    public required string Name { get; init; }

    /// <summary>Its package, where the declaration names it.</summary>
    public required string? Namespace { get; init; }

    /// <summary>Arguments in order, not rendered; <c>model</c> is the last unless <c>arguments</c> came later.</summary>
    public required JinjaDict Arguments { get; init; }

    public required JinjaDict Config { get; init; }

    public required string Description { get; init; }

    /// <summary>The whole name: that of the node.</summary>
    public required string FullName { get; init; }

    /// <summary>The name of the compiled file: shortened with a hash from 64 characters on.</summary>
    public required string FileName { get; init; }

    public IReadOnlyList<string> Tags => Config.Texts("tags");

    /// <summary>The macro that implements it.</summary>
    public string MacroName => Namespace is null ? $"test_{Name}" : $"{Namespace}.test_{Name}";

    /// <summary>The text of the node.</summary>
    public string RawCode
    {
        get
        {
            var config = string.Join(',', Config.Entries.Select(e =>
                $"{Text.Of(e.Key)}={(e.Value is string text ? $"\"{text.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : Text.Of(e.Value))}"));
            return $"{{{{ {MacroName}(**_dbt_generic_test_kwargs) }}}}{(config.Length > 0 ? $"{{{{ config({config}) }}}}" : "")}";
        }
    }

    /// <summary>The last ten digits of a hash over the name and all arguments.</summary>
    public string Hash
    {
        get
        {
            var metadata = Dicts.Of(("namespace", Namespace), ("name", Name), ("kwargs", Arguments));
            return Checksums.Md5(FullName + Text.Of(Hashable(metadata)))[^10..];
        }
    }

    static object Hashable(object? value) => value switch
    {
        JinjaDict dict => new JinjaDict(dict.Entries.Select(e => KeyValuePair.Create(Text.Of(e.Key), e.Value)).OrderBy(e => e.Key, StringComparer.Ordinal)
            .Select(e => KeyValuePair.Create(e.Key, (object?)Hashable(e.Value)))),
        JinjaList list => new JinjaList([.. list.Items.Select(i => (object?)Hashable(i))]),
        _ => Text.Of(value),
    };

    /// <summary>Reads a declaration.</summary>
    /// <exception cref="PipelineException">It is not valid.</exception>
    public static GenericTest Read(ParseSession session, PropertiesFile file, TestTarget target, object? declared, string? columnName, int line)
    {
        var (name, arguments) = Split(session, file, target, declared, columnName, line);
        if (arguments.Has("model"))
        {
            throw Fail("Test arguments include \"model\", which is a reserved argument");
        }

        arguments.Set("model", $"{{{{ get_where_subquery({target.Call}) }}}}");
        var match = NamePattern().Match(name);
        if (!match.Success)
        {
            throw Fail($"Test name string did not match expected pattern: {name}");
        }

        var ns = match.Groups["ns"] is { Success: true, Value: var given } ? given : null;
        var test = match.Groups["name"].Value;
        var config = ReadConfig(file, target, arguments, line);
        var description = arguments.Text("description") ?? "";
        var custom = arguments.Text("name");
        arguments = arguments.Without("config", "description", "name", "arguments").Without(ConfigKeys);
        string full;
        string shortened;
        if (custom is not null)
        {
            full = shortened = custom;
        }
        else
        {
            var prefix = $"{(ns is null ? "" : ns + "_")}{(target.IsSource ? "source_" : "")}{test}";
            var on = target.IsSource ? $"{target.SourceName}_{target.Name}" : target.Version is null ? target.Name : $"{target.Name}_v{Text.Of(target.Version)}";
            (shortened, full) = Synthesize($"{prefix}_{on}", arguments);
            if (shortened != full && !config.Has("alias"))
            {
                config.Set("alias", shortened);
            }
        }

        return new GenericTest { Name = test, Namespace = ns, Arguments = arguments, Config = config, Description = description, FullName = full, FileName = shortened };

        PipelineException Fail(string message) => file.Fail(line, $"Invalid test config given in {file.Path}:\n\t{message}\n\t@: {target.Name}");
    }

    static (string Name, JinjaDict Arguments) Split(ParseSession session, PropertiesFile file, TestTarget target, object? declared, string? columnName, int line)
    {
        string name;
        JinjaDict arguments;
        switch (declared)
        {
            case string plain:
                (name, arguments) = (plain, new JinjaDict());
                break;
            case JinjaDict dict when dict.Get("test_name") is string given:
                (name, arguments) = (given, dict.Without("test_name"));
                break;
            case JinjaDict { Count: 1 } dict:
                var (key, value) = dict.Entries.First();
                name = key as string ?? throw file.Fail(line, $"Invalid test config given in {file.Path}: test name must be a str, got {Text.Of(key)}");
                arguments = value as JinjaDict ?? throw file.Fail(line, $"Invalid test config given in {file.Path}: test arguments must be a dict, got {Text.Of(value)} (value {Text.Of(value)})");
                break;
            case JinjaDict dict:
                throw file.Fail(
                    line, $"Invalid test config given in {file.Path}: test definition dictionary must have exactly one key, got {Text.Of(new JinjaList([.. dict.Keys]))} instead ({dict.Count} keys)");
            default:
                throw file.Fail(line, $"Invalid test config given in {file.Path}: test must be dict or str, got {Text.Of(declared)}");
        }

        arguments = (JinjaDict)Dicts.DeepCopy(arguments)!;
        if (columnName is not null)
        {
            arguments.Set("column_name", columnName);
        }

        var nested = arguments.Get("arguments");
        arguments = arguments.Without("arguments");
        foreach (var (key, _) in arguments.Entries.Where(e => e.Key is string k && ConfigKeys.Contains(k)))
        {
            session.Warn(
                "PropertyMovedToConfigDeprecation",
                $"Found `{Text.Of(key)}` as a top-level property of `data_tests.{name}.{Text.Of(key)}` in file `{file.Path}`. The `{Text.Of(key)}` top-level property should be moved into the `config` of `data_tests.{name}.{Text.Of(key)}`.",
                file.Path,
                line);
        }

        var hasNested = nested is JinjaDict { Count: > 0 };
        if (!hasNested && arguments.Keys.Any(k => k is string key && key is not ("config" or "column_name" or "description" or "name") && !ConfigKeys.Contains(key)))
        {
            var on = target.IsSource ? $"{target.SourceName}_{target.Name}" : target.Name;
            session.Warn(
                "MissingArgumentsPropertyInGenericTestDeprecation",
                $"Found top-level arguments to test `{name}` defined on '{on}' in package '{file.Scope.Package.Name}' ({file.Path}). Arguments to generic tests should be nested under the `arguments` property.",
                file.Path,
                line);
        }

        return (name, nested is JinjaDict more ? arguments.With(more) : arguments);
    }

    static JinjaDict ReadConfig(PropertiesFile file, TestTarget target, JinjaDict arguments, int line)
    {
        var nested = arguments.Get("config") as JinjaDict ?? new JinjaDict();
        var config = new JinjaDict();
        foreach (var key in ConfigKeys)
        {
            var top = arguments.Get(key);
            if (Truth.Of(top) && nested.Has(key))
            {
                throw file.Fail(line, $"Invalid test config given in {file.Path}:\n\tTest cannot have the same key at the top-level and in config\n\t@: {target.Name}");
            }

            config.Set(key, Truth.Of(top) ? top : nested.Get(key) ?? top);
        }

        foreach (var (key, value) in nested.Without(ConfigKeys).Entries)
        {
            config.Set(key, value);
        }

        var rendered = new JinjaDict();
        foreach (var (key, value) in config.Entries)
        {
            if ((value is string text ? YamlRenderer.Text(text, file.Variables, file.Path) : value) is { } known)
            {
                rendered.Set(key, known);
            }
        }

        return rendered;
    }

    static (string Short, string Full) Synthesize(string identifier, JinjaDict arguments)
    {
        var parts = arguments.Entries.Where(e => e.Key is not "model").Select(e => (Key: Text.Of(e.Key), e.Value)).OrderBy(e => e.Key, StringComparer.Ordinal)
            .SelectMany(e => e.Value switch { JinjaDict dict => dict.Values, JinjaList list => list.Items, var one => [one] })
            .Select(v => NotInNames().Replace(Text.Of(v), "_"));
        var full = $"{identifier}_{string.Join("__", parts)}";
        return full.Length >= 64 ? ($"{identifier[..Math.Min(30, identifier.Length)]}_{Checksums.Md5(full)}", full) : (full, full);
    }

    [GeneratedRegex(@"^(?:(?<ns>[a-zA-Z_][0-9a-zA-Z_]*)\.)?(?<name>[a-zA-Z_][0-9a-zA-Z_]*)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamePattern();

    [GeneratedRegex("[^0-9a-zA-Z_]+", RegexOptions.None, 1000)]
    private static partial Regex NotInNames();
}
