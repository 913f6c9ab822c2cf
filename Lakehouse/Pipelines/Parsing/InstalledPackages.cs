using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>The packages in <c>dbt_packages</c>.</summary>
internal static class InstalledPackages
{
    /// <exception cref="PipelineException">Fewer are installed than the project asks for, or one is not valid.</exception>
    public static IReadOnlyList<Project> Read(Project root, IReadOnlyDictionary<string, object?> variables, ICollection<ProjectWarning> warnings)
    {
        var folder = Path.Combine(root.Folder, root.PackagesInstallPath);
        var installed = Directory.Exists(folder)
            ? Directory.GetDirectories(folder).Where(d => !Path.GetFileName(d).StartsWith("__", StringComparison.Ordinal) && File.Exists(Path.Combine(d, "dbt_project.yml"))).Order(StringComparer.Ordinal)
                .Select(d => ProjectReader.Read(d, ProjectReader.ReadRaw(d), variables, warnings)).ToArray()
            : [];
        var (wanted, file) = Wanted(root.Folder);
        if (wanted > installed.Length)
        {
            throw new PipelineException(
                PipelineErrorKind.Packages,
                $"dbt found {wanted} package(s) specified in {file}, but only {installed.Length} package(s) installed in {root.PackagesInstallPath}. Run \"dbt deps\" to install package dependencies.",
                file);
        }

        if (installed.GroupBy(p => p.Name).FirstOrDefault(g => g.Count() > 1 || g.Key == root.Name) is { } twice)
        {
            throw new PipelineException(
                PipelineErrorKind.Packages, $"dbt found more than one package with the name \"{twice.Key}\" included in this project. Package names must be unique in a project. Please rename one of these packages.", file);
        }

        return installed;
    }

    static (int Count, string File) Wanted(string folder)
    {
        foreach (var file in new[] { "dependencies.yml", "packages.yml" })
        {
            var path = Path.Combine(folder, file);
            if (File.Exists(path) && YamlDocument.Parse(file, File.ReadAllText(path)).Root is JinjaDict dict && dict.Has("packages"))
            {
                return (dict.List("packages").Count, file);
            }
        }

        return (0, "packages.yml");
    }
}
