using Lakehouse.Pipelines.Parsing;
using Lakehouse.Pipelines.Profiles;

namespace Lakehouse.Pipelines.Tests.Golden;

/// <summary>A copy of a golden project, changed step by step.</summary>
public sealed class GoldenWorkspace : IDisposable
{
    readonly string root = Path.Combine(Path.GetTempPath(), $"golden-{Guid.NewGuid():N}");

    public GoldenWorkspace(GoldenCase golden)
    {
        var source = Path.Combine(golden.Folder, "project");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(Project, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        var profile = golden.Root.GetProperty("profile");
        Directory.CreateDirectory(Profiles);
        var targets = profile.GetProperty("targets").EnumerateObject().Select(t =>
            $"    {t.Name}: {{type: {profile.GetProperty("type").GetString()}, database: {profile.GetProperty("database").GetString()}, schema: {t.Value.GetProperty("schema").GetString()}, threads: 1}}\n");
        File.WriteAllText(
            Path.Combine(Profiles, "profiles.yml"),
            $"{profile.GetProperty("name").GetString()}:\n  target: {profile.GetProperty("default_target").GetString()}\n  outputs:\n{string.Concat(targets)}");
    }

    public string Project => Path.Combine(root, "project");

    public string Profiles => Path.Combine(root, "profiles");

    /// <summary>Writes the files of a step.</summary>
    public void Prepare(GoldenStep step)
    {
        foreach (var (path, text) in step.Files)
        {
            var full = Path.Combine(Project, path);
            if (text is null)
            {
                File.Delete(full);
            }
            else
            {
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                File.WriteAllText(full, text);
            }
        }
    }

    /// <summary>What a step's command parses the project with.</summary>
    public ParseOptions Options(GoldenStep step, Action<string>? log = null) => new()
    {
        ProjectDir = Project,
        Profile = new ProfileOptions(Profiles, null, step.Command.One("--target", "-t")),
        Vars = step.Command.One("--vars") is { } vars ? ParseOptions.ReadVars(vars) : new(),
        Environment = step.Environment,
        Command = step.Command.Verb,
        FullRefresh = step.Command.Has("--full-refresh"),
        Log = log,
    };

    public void Dispose() => Directory.Delete(root, recursive: true);
}
