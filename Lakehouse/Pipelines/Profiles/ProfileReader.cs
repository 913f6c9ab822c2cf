using System.Globalization;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Parsing;

namespace Lakehouse.Pipelines.Profiles;

/// <summary>Reads <c>profiles.yml</c>. A target of any adapter is taken: of its settings only names and schema matter here.</summary>
internal static class ProfileReader
{
    /// <summary>Keys whose values no template is to see.</summary>
    static readonly string[] SecretWords = ["password", "pass", "token", "secret", "private_key", "keyfile", "credential", "api_key", "access_key", "passphrase"];

    /// <exception cref="PipelineException">There is no such profile or target, or it is not valid.</exception>
    public static ProfileTarget Read(string projectFolder, string? profileOfProject, ProfileOptions options, JinjaDict vars, IReadOnlyDictionary<string, string> environment)
    {
        var name = options.Profile ?? profileOfProject ?? throw Fail(
            "dbt cannot run because no profile was specified for this dbt project.\nTo specify a profile for this project, add a line like this to your dbt_project.yml file:\n\nprofile: [profile name]");
        var path = Locate(projectFolder, options, environment);
        if (path is null)
        {
            // Without any profiles.yml the lake itself is the target: nothing more is needed to start.
            return options.Target is null or "dev"
                ? new ProfileTarget { ProfileName = name, Name = "dev", Schema = "main" }
                : throw Fail($"The profile '{name}' does not have a target named '{options.Target}': there is no profiles.yml in {options.ProfilesDir ?? projectFolder}");
        }

        var document = YamlDocument.Parse("profiles.yml", File.ReadAllText(path));
        if (document.Root is not JinjaDict profiles)
        {
            throw Fail($"The profiles.yml file at {path} is empty", document.Path);
        }

        if (profiles.Get(name) is not JinjaDict profile)
        {
            throw Fail($"Could not find profile named '{name}'", document.Path);
        }

        var reads = new EnvReads();
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["var"] = new VarLookup(null, null, vars, "<Configuration>", strict: true),
            ["env_var"] = reads.Function(environment, secretsAllowed: true),
        };
        var target = options.Target ?? (profile.Has("target") ? Text.Of(YamlRenderer.Render(profile.Get("target"), variables, document.Path)) : "default");
        if (profile.Get("outputs") is not JinjaDict outputs)
        {
            throw Fail($"outputs not specified in profile '{name}'", document.Path, document.LineOf(profile));
        }

        if (!outputs.TryGet(target, out var found))
        {
            throw Fail(
                $"The profile '{name}' does not have a target named '{target}'. The valid target names for this profile are:\n{string.Join('\n', outputs.Keys.Select(k => $" - {Text.Of(k)}"))}",
                document.Path,
                document.LineOf(outputs));
        }

        if (found is not JinjaDict settings)
        {
            throw Fail($"output '{target}' of profile '{name}' is misconfigured in profiles.yml", document.Path, document.LineOf(outputs));
        }

        var rendered = (JinjaDict)YamlRenderer.Render(settings, variables, document.Path)!;
        var type = rendered.Text("type") ?? throw Fail($"required field \"type\" not found in profile {name} and target {target}", document.Path, document.LineOf(settings));
        var shown = new JinjaDict();
        foreach (var (key, value) in rendered.Entries.Where(e => !SecretWords.Any(w => Text.Of(e.Key).Contains(w, StringComparison.OrdinalIgnoreCase))))
        {
            shown.Set(key, value);
        }

        return new ProfileTarget
        {
            ProfileName = name,
            Name = target,
            WrittenFor = type,
            Database = rendered.Text("database") ?? rendered.Text("dbname") ?? rendered.Text("catalog") ?? ProfileTarget.DefaultDatabase,
            Schema = rendered.Text("schema") ?? rendered.Text("dataset") ?? "main",
            Threads = rendered.Get("threads") switch
            {
                null => 1,
                long number and > 0 and < 1024 => (int)number,
                var other when int.TryParse(Text.Of(other), CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1024 => number,
                var other => throw Fail($"'threads' of the target '{target}' must be a number from 1, not {Text.Of(other)}", document.Path, document.LineOf(settings)),
            },
            Settings = shown,
        };
    }

    static string? Locate(string projectFolder, ProfileOptions options, IReadOnlyDictionary<string, string> environment)
    {
        if (options.ProfilesDir is { } given)
        {
            var wanted = Path.Combine(given, "profiles.yml");
            return File.Exists(wanted) ? wanted : throw Fail($"there is no profiles.yml in {given}");
        }

        var home = environment.TryGetValue("HOME", out var folder) ? folder : Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string?[] places = [environment.TryGetValue("DBT_PROFILES_DIR", out var set) ? set : null, projectFolder, home is { Length: > 0 } ? Path.Combine(home, ".dbt") : null];
        return places.OfType<string>().Select(p => Path.Combine(p, "profiles.yml")).FirstOrDefault(File.Exists);
    }

    static PipelineException Fail(string message, string? file = null, int line = 0) => new(PipelineErrorKind.Profile, message, file, line);
}
