using System.Text.RegularExpressions;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What a file of a project is for.</summary>
internal enum FileKind
{
    Macro,
    GenericTest,
    Model,
    Snapshot,
    Analysis,
    SingularTest,
    Seed,
    Doc,
    Fixture,
    Properties,
}

/// <summary>A file of a project.</summary>
/// <param name="Kind">What it is for.</param>
/// <param name="Package">Its project.</param>
/// <param name="SearchedPath">The resource folder that it is in.</param>
/// <param name="RelativePath">Path below that folder, with slashes.</param>
/// <param name="FullPath">Where it is.</param>
internal sealed record ScannedFile(FileKind Kind, Project Package, string SearchedPath, string RelativePath, string FullPath)
{
    /// <summary>The text without white space at both ends, once it is read.</summary>
    public string? Text { get; set; }

    public string OriginalFilePath => $"{SearchedPath}/{RelativePath}";

    public string FileId => $"{Package.Name}://{OriginalFilePath}";

    /// <summary>The file's name without its extension.</summary>
    public string Name => Path.GetFileNameWithoutExtension(RelativePath);

    /// <summary>Folders below the resource folder.</summary>
    public IReadOnlyList<string> Folders => RelativePath.Split('/')[..^1];
}

/// <summary>Lists a project's files as dbt finds them: by folder and extension, without what <c>.dbtignore</c> names.</summary>
internal static class ProjectFileScan
{
    public static IReadOnlyList<ScannedFile> Scan(Project project)
    {
        var ignore = IgnoreFile.Read(Path.Combine(project.Folder, ".dbtignore"));
        var folders = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        var files = new List<ScannedFile>();
        var all = project.ModelPaths.Concat(project.SeedPaths).Concat(project.SnapshotPaths).Concat(project.AnalysisPaths).Concat(project.MacroPaths).Concat(project.TestPaths)
            .Distinct(StringComparer.Ordinal).ToArray();
        Add(FileKind.Macro, project.MacroPaths, ".sql");
        Add(FileKind.Model, project.ModelPaths, ".sql", ".py");
        Add(FileKind.Snapshot, project.SnapshotPaths, ".sql");
        Add(FileKind.Analysis, project.AnalysisPaths, ".sql");
        Add(FileKind.SingularTest, project.TestPaths, ".sql");
        Add(FileKind.GenericTest, [.. project.TestPaths.Select(p => p + "/generic")], ".sql");
        Add(FileKind.Seed, project.SeedPaths, ".csv");
        Add(FileKind.Doc, project.DocsPaths.Count > 0 ? project.DocsPaths : all, ".md");
        Add(FileKind.Fixture, [.. project.TestPaths.Select(p => p + "/fixtures")], ".csv", ".sql");
        Add(FileKind.Properties, all, ".yml", ".yaml");
        return files;

        void Add(FileKind kind, IReadOnlyList<string> paths, params string[] extensions)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            foreach (var path in paths)
            {
                if (!folders.TryGetValue(path, out var found))
                {
                    folders[path] = found = Below(project.Folder, path);
                }

                foreach (var relative in found)
                {
                    var name = Path.GetFileName(relative);
                    if (name[0] is '.' or '#' or '~' || !extensions.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase))
                        || (kind == FileKind.SingularTest && (relative.StartsWith("generic/", StringComparison.Ordinal) || relative.StartsWith("fixtures/", StringComparison.Ordinal)))
                        || ignore.Matches($"{path}/{relative}") || !seen.Add($"{path}/{relative}"))
                    {
                        continue;
                    }

                    files.Add(new ScannedFile(kind, project, path, relative, Path.Combine(project.Folder, path, relative)));
                }
            }
        }
    }

    static IReadOnlyList<string> Below(string root, string path)
    {
        var start = Path.Combine(root, path);
        if (!Directory.Exists(start))
        {
            return [];
        }

        var found = Directory.EnumerateFiles(start, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None })
            .Select(f => f[(start.Length + 1)..].Replace('\\', '/')).ToArray();
        Array.Sort(found, StringComparer.Ordinal);
        return found;
    }
}

/// <summary>The patterns of a <c>.dbtignore</c> file, in the syntax of <c>.gitignore</c>.</summary>
internal sealed class IgnoreFile(IReadOnlyList<(Regex Pattern, bool Keeps)> rules)
{
    public static IgnoreFile Read(string path) => new(File.Exists(path)
        ? [.. File.ReadAllLines(path).Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#').Select(Rule)]
        : []);

    public bool Matches(string path)
    {
        var ignored = false;
        foreach (var (pattern, keeps) in rules)
        {
            if (pattern.IsMatch(path))
            {
                ignored = !keeps;
            }
        }

        return ignored;
    }

    static (Regex, bool) Rule(string line)
    {
        var keeps = line[0] == '!';
        var glob = (keeps ? line[1..] : line).TrimEnd('/');
        var anchored = glob.Contains('/', StringComparison.Ordinal);
        glob = glob.TrimStart('/');
        var pattern = Regex.Escape(glob).Replace(@"\*\*/", "(?:.*/)?", StringComparison.Ordinal).Replace(@"\*\*", ".*", StringComparison.Ordinal)
            .Replace(@"\*", "[^/]*", StringComparison.Ordinal).Replace(@"\?", "[^/]", StringComparison.Ordinal);
        return (new Regex($"{(anchored ? "^" : "(?:^|/)")}{pattern}(?:/|$)", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), keeps);
    }
}
