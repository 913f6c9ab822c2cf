using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;
using Lakehouse.Pipelines.Profiles;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>A project that has been parsed.</summary>
/// <param name="Root">The project itself.</param>
/// <param name="Packages">Its installed packages, ordered by name.</param>
/// <param name="Target">Where its models are built.</param>
/// <param name="Manifest">Everything that they define.</param>
public sealed record ParsedProject(Project Root, IReadOnlyList<Project> Packages, ProfileTarget Target, Manifest Manifest);

/// <summary>Parses dbt projects: files to a manifest. Nothing is run and no database is asked.</summary>
public static class ProjectParser
{
    /// <summary>The version of dbt that projects are parsed as.</summary>
    public const string DbtVersion = "1.11.16";

    /// <summary>Parses a project with its packages.</summary>
    /// <exception cref="PipelineException">Something in it is wrong; it says what and where.</exception>
    public static ParsedProject Parse(ParseOptions options)
    {
        var folder = Path.GetFullPath(options.ProjectDir);
        var document = ProjectReader.ReadRaw(folder);
        var raw = (JinjaDict)document.Root!;
        var warnings = new List<ProjectWarning>();
        var reads = new EnvReads();
        var variables = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["var"] = new VarLookup(null, null, options.Vars, "<Configuration>", strict: true),
            ["env_var"] = reads.Function(options.Environment),
        };
        var profileName = raw.Text("profile") is { } written ? Text.Of(YamlRenderer.Text(written, variables, document.Path)) : null;
        var target = options.Target ?? ProfileReader.Read(folder, profileName, options.Profile, options.Vars, options.Environment);
        variables["target"] = Dicts.Of(
            ("name", target.Name), ("schema", target.Schema), ("database", target.Database), ("type", target.Type), ("threads", (long)target.Threads), ("profile_name", target.ProfileName));
        var root = ProjectReader.Read(folder, document, variables, warnings);
        var packages = InstalledPackages.Read(root, variables, warnings);
        var selectors = SelectorsFile.Read(folder, variables);
        Selection.SelectorDefinitions.Check(selectors);

        var projects = packages.Prepend(root).ToDictionary(p => p.Name, StringComparer.Ordinal);
        var catalog = new MacroCatalog(root.Name, root.Dispatch);
        ParseTimeMacros.AddTo(catalog);
        var session = new ParseSession { Root = root, Projects = projects, Target = target, Catalog = catalog, Options = options };
        foreach (var warning in warnings)
        {
            session.Warnings.Enqueue(warning);
        }

        var files = projects.Values.SelectMany(ProjectFileScan.Scan).ToArray();
        var cache = ParseCache.Open(options, root, packages, target);
        SourceFiles.Read(files);
        foreach (var file in files.Where(f => f.Kind is FileKind.Macro or FileKind.GenericTest))
        {
            catalog.AddFile(file.Package.Name, file.OriginalFilePath, file.Text!, testsOnly: file.Kind == FileKind.GenericTest);
        }

        foreach (var package in projects.Keys)
        {
            catalog.AddPackage(package);
        }

        cache.UseMacros(files.Where(f => f.Kind is FileKind.Macro or FileKind.GenericTest));
        var pieces = files.SelectMany(f => SqlPieces.Of(f, session.Scope(f.Package.Name))).Concat(projects.Values.SelectMany(p => SqlPieces.Hooks(session.Scope(p.Name)))).ToArray();
        var outcomes = SourceFiles.InParallel(pieces, cache.Render);
        var properties = SourceFiles.InParallel([.. files.Where(f => f.Kind == FileKind.Properties)], f => (File: f, Document: cache.ReadYaml(f)));

        var builder = new ManifestBuilder(session);
        foreach (var file in files)
        {
            switch (file.Kind)
            {
                case FileKind.Doc:
                    foreach (var doc in DocFiles.Read(file))
                    {
                        builder.AddDoc(doc);
                    }

                    break;
                case FileKind.Fixture:
                    builder.AddFixture(file);
                    break;
            }
        }

        for (var i = 0; i < pieces.Length; i++)
        {
            builder.AddPiece(pieces[i], outcomes[i]);
        }

        builder.SqlIsComplete();
        foreach (var (file, yaml) in properties.Where(p => p.Document.Root is not null))
        {
            builder.AddProperties(new PropertiesFile(file, yaml, session.Scope(file.Package.Name)));
        }

        var manifest = builder.Finish(selectors);
        cache.Save();
        return new ParsedProject(root, packages, target, manifest);
    }
}
