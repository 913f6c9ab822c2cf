using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>The pieces of SQL that files and projects hold.</summary>
internal static class SqlPieces
{
    /// <summary>Seeds above this size are known by their path alone.</summary>
    const long MaximumSeedSize = 1024 * 1024;

    public static IEnumerable<SqlPiece> Of(ScannedFile file, PackageScope scope)
    {
        var package = scope.Package.Name;
        switch (file.Kind)
        {
            case FileKind.Model:
                yield return File(ResourceType.Model, file.Name, file.RelativePath, [package, .. file.Folders, file.Name], file.RelativePath.EndsWith(".py", StringComparison.OrdinalIgnoreCase) ? "python" : "sql");
                break;
            case FileKind.Snapshot:
                var stem = file.RelativePath[..^System.IO.Path.GetExtension(file.RelativePath).Length];
                foreach (var block in BlockScanner.Scan(file.OriginalFilePath, file.Text!, "snapshot"))
                {
                    yield return new SqlPiece(
                        ResourceType.Snapshot, scope, block.Name, file.RelativePath, file.OriginalFilePath, [package, .. stem.Split('/'), block.Name], block.Contents, "sql", Hash());
                }

                break;
            case FileKind.Analysis:
                yield return File(ResourceType.Analysis, file.Name, $"analysis/{file.RelativePath}", [package, "analysis", .. file.Folders, file.Name]);
                break;
            case FileKind.SingularTest:
                yield return File(ResourceType.Test, file.Name, file.RelativePath, [package, .. file.Folders, file.Name]);
                break;
            case FileKind.Seed:
                yield return new SqlPiece(
                    ResourceType.Seed, scope, file.Name, file.RelativePath, file.OriginalFilePath, [package, .. file.Folders, file.Name], "", "sql", SeedHash(file));
                break;
        }

        FileChecksum Hash() => new("sha256", Checksums.Of(file.Text!));

        SqlPiece File(ResourceType type, string name, string path, string[] fqn, string language = "sql") =>
            new(type, scope, name, path, file.OriginalFilePath, fqn, file.Text!, language, Hash());
    }

    /// <summary>The hooks of runs.</summary>
    public static IEnumerable<SqlPiece> Hooks(PackageScope scope)
    {
        var package = scope.Package.Name;
        foreach (var (kind, hooks) in new[] { ("on-run-start", scope.Package.OnRunStart), ("on-run-end", scope.Package.OnRunEnd) })
        {
            for (var i = 0; i < hooks.Count; i++)
            {
                var name = $"{package}-{kind}-{i}";
                yield return new SqlPiece(
                    ResourceType.Operation, scope, name, $"hooks/{name}.sql", "./dbt_project.yml", [package, "hooks", name], hooks[i], "sql", new FileChecksum("sha256", Checksums.Of(hooks[i])), i, kind);
            }
        }
    }

    static FileChecksum SeedHash(ScannedFile file)
    {
        if (new FileInfo(file.FullPath).Length > MaximumSeedSize)
        {
            return new FileChecksum("path", file.OriginalFilePath);
        }

        return new FileChecksum("sha256", Checksums.Of(SourceFiles.Normal(System.IO.File.ReadAllText(file.FullPath))));
    }
}
