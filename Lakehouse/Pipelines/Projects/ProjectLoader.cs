using System.Security.Cryptography;
using System.Text;
using Lakehouse.Jinja.Values;
using YamlDotNet.RepresentationModel;

namespace Lakehouse.Pipelines.Projects;

/// <summary>Reads the files of a dbt project.</summary>
public static class ProjectLoader
{
    /// <summary>Keys of <c>dbt_project.yml</c> that ask for something which would silently not happen.</summary>
    static readonly string[] RefusedKeys = ["on-run-start", "on-run-end", "dispatch", "packages-install-path-override"];

    /// <summary>Reads a project.</summary>
    /// <param name="folder">The folder with <c>dbt_project.yml</c>.</param>
    /// <exception cref="PipelineException">A file is missing, invalid, or asks for what is not supported.</exception>
    public static PipelineProject Load(string folder)
    {
        folder = Path.GetFullPath(folder);
        var main = Path.Combine(folder, "dbt_project.yml");
        if (!File.Exists(main))
        {
            throw new PipelineException(PipelineErrorKind.InvalidProject, $"there is no dbt_project.yml in {folder}");
        }

        var files = new ProjectFiles(folder);
        var yaml = YamlFile.Parse("dbt_project.yml", files.Read(main));
        var root = yaml.Root as YamlMappingNode ?? throw yaml.Error(yaml.Root, "dbt_project.yml must be a mapping");
        foreach (var key in RefusedKeys)
        {
            if (yaml.Child(root, key) is { } node)
            {
                throw yaml.Error(node, $"'{key}' is not supported", PipelineErrorKind.Unsupported);
            }
        }

        var name = yaml.RequireText(root, "name");
        var properties = new PropertyReader();
        var models = new List<ModelFile>();
        foreach (var modelPath in Paths(yaml, root, "model-paths", "models"))
        {
            foreach (var path in files.Below(modelPath, ".yml", ".yaml"))
            {
                properties.Read(YamlFile.Parse(path.Path, path.Text));
            }

            models.AddRange(files.Below(modelPath, ".sql").Select(f => Model(f, modelPath)));
            if (files.Below(modelPath, ".py").FirstOrDefault() is { } python)
            {
                throw new PipelineException(PipelineErrorKind.Unsupported, "models in Python are not supported", python.Path);
            }
        }

        foreach (var same in models.GroupBy(m => m.Name).Where(g => g.Count() > 1))
        {
            throw new PipelineException(
                PipelineErrorKind.InvalidProject, $"two models are named '{same.Key}': {string.Join(" and ", same.Select(m => m.Path))}", same.Last().Path);
        }

        return new PipelineProject
        {
            Name = name,
            Version = yaml.Text(root, "version"),
            Profile = yaml.Text(root, "profile") ?? name,
            Folder = folder,
            Vars = YamlFile.Dict(yaml.Mapping(root, "vars")),
            ModelConfig = YamlFile.Dict(yaml.Mapping(root, "models")),
            Models = models,
            Macros = [.. Paths(yaml, root, "macro-paths", "macros").SelectMany(p => files.Below(p, ".sql"))],
            Properties = properties.Models,
            Sources = properties.Sources,
            Hash = files.Hash(),
            Notices = [.. Notices(yaml, root, files), .. properties.Notices],
        };
    }

    static ModelFile Model(ProjectFile file, string modelPath)
    {
        var folders = file.Path[(modelPath.Length + 1)..].Split('/')[..^1];
        var sql = file.Text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n').Trim();
        return new ModelFile(System.IO.Path.GetFileNameWithoutExtension(file.Path), file.Path, folders, sql);
    }

    static IReadOnlyList<string> Paths(YamlFile yaml, YamlNode root, string key, string otherwise)
    {
        var paths = yaml.Sequence(root, key).Select(n => (YamlFile.Value(n) as string ?? throw yaml.Error(n, $"'{key}' must be a list of paths")).Trim('/')).ToArray();
        foreach (var path in paths.Where(p => Path.IsPathRooted(p) || p.Split('/', '\\').Contains("..")))
        {
            throw yaml.Error(yaml.Child(root, key), $"'{path}' leads out of the project");
        }

        return paths.Length > 0 ? paths : [otherwise];
    }

    static IEnumerable<string> Notices(YamlFile yaml, YamlNode root, ProjectFiles files)
    {
        foreach (var (key, folder, what) in new[] { ("seed-paths", "seeds", "seeds"), ("snapshot-paths", "snapshots", "snapshots"), ("test-paths", "tests", "tests") })
        {
            if (Paths(yaml, root, key, folder).SelectMany(p => files.Below(p, ".sql", ".csv", ".yml")).FirstOrDefault() is { } found)
            {
                yield return $"{found.Path}: {what} are not run";
            }
        }
    }
}

/// <summary>Reads files below a project's folder, and remembers them for the project's hash.</summary>
internal sealed class ProjectFiles(string folder)
{
    readonly SortedDictionary<string, string> read = new(StringComparer.Ordinal);

    public string Read(string path)
    {
        var relative = Path.GetRelativePath(folder, path).Replace('\\', '/');
        return read.TryGetValue(relative, out var text) ? text : read[relative] = File.ReadAllText(path);
    }

    /// <summary>The files below a folder with one of the extensions, ordered by path. Names with a leading dot are left out.</summary>
    public IReadOnlyList<ProjectFile> Below(string subfolder, params string[] extensions)
    {
        var start = Path.Combine(folder, subfolder);
        if (!Directory.Exists(start))
        {
            return [];
        }

        return [.. Directory.EnumerateFiles(start, "*", SearchOption.AllDirectories)
            .Where(p => extensions.Contains(Path.GetExtension(p), StringComparer.OrdinalIgnoreCase))
            .Select(p => (Full: p, Relative: Path.GetRelativePath(folder, p).Replace('\\', '/')))
            .Where(p => !p.Relative.Split('/').Any(part => part.StartsWith('.')))
            .OrderBy(p => p.Relative, StringComparer.Ordinal)
            .Select(p => new ProjectFile(p.Relative, Read(p.Full)))];
    }

    public string Hash()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (path, text) in read)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{path}\0{text.Length}\0{text}\0"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
