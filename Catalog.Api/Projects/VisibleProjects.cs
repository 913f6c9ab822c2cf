using System.Text.Json;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Database;
using Lakehouse.Formats;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Projects;

/// <summary>Pipeline projects as a caller may see them: those with a model whose table it may describe.</summary>
internal sealed class VisibleProjects(VisibleTables tables, CatalogReads reads)
{
    public async Task<IReadOnlyList<VisibleProject>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var rows = await reads.QueryAsync(db => db.Projects.OrderBy(p => p.Name).ToListAsync(cancellationToken), cancellationToken);
        var projects = rows.ConvertAll(BodyOf);
        var sight = await tables.OfAsync(
            caller, projects.SelectMany(p => p.Models.Select(VisibleProject.NameOf).Concat(p.Models.SelectMany(m => m.DependsOn ?? [])).Concat(p.Sources.Select(VisibleProject.NameOf))), cancellationToken);
        return [.. projects.Select(p => new VisibleProject(p, sight)).Where(p => p.IsShown)];
    }

    static ProjectBody BodyOf(ProjectRow row)
    {
        var document = JsonSerializer.Deserialize<ProjectDocument>(row.Document, ApiBodies.Json)!;
        return new ProjectBody(row.Name, row.UpdatedAt, document.Models ?? [], document.Sources ?? []);
    }
}

/// <summary>A project as one caller sees it. Queries and messages name tables: they are shown to whoever may describe all that they can name.</summary>
internal sealed class VisibleProject
{
    readonly TableSight sight;
    readonly Dictionary<string, ModelBody> models;

    public VisibleProject(ProjectBody project, TableSight sight)
    {
        this.sight = sight;
        models = project.Models.DistinctBy(NameOf, StringComparer.Ordinal).ToDictionary(NameOf, StringComparer.Ordinal);
        IsWhole = sight.IsWhole || (project.Models.All(m => sight.Shows(NameOf(m))) && project.Sources.All(s => sight.Shows(NameOf(s))));
        Body = IsWhole ? project : project with
        {
            Models = [.. project.Models.Where(m => sight.Shows(NameOf(m))).Select(Seen)],
            Sources = [.. project.Sources.Where(s => sight.Shows(NameOf(s)))],
        };
    }

    /// <summary>What of it is seen.</summary>
    public ProjectBody Body { get; }

    /// <summary>Whether all its models and sources are seen.</summary>
    public bool IsWhole { get; }

    /// <summary>Whether there is anything to see; a project without models hides nothing.</summary>
    public bool IsShown => sight.IsWhole || Body.Models.Count > 0;

    public bool Shows(string model) => sight.Shows(model);

    /// <summary>Whether everything that a model's query can name is seen: what it depends on, and what that is made of if it is written into the query.</summary>
    public bool ShowsTexts(string model) => sight.IsWhole || ShowsTexts(model, []);

    public static string NameOf(ModelBody model) => DottedName.Within(model.Namespace ?? "", model.Name ?? "");

    public static string NameOf(SourceBody source) => DottedName.Within(source.Namespace ?? "", source.Name ?? "");

    ModelBody Seen(ModelBody model)
    {
        var isOpen = ShowsTexts(NameOf(model));
        return model with { DependsOn = [.. (model.DependsOn ?? []).Where(sight.Shows)], RawSql = isOpen ? model.RawSql : null, Description = isOpen ? model.Description : null };
    }

    bool ShowsTexts(string name, HashSet<string> seen) => sight.Shows(name) && models.TryGetValue(name, out var model)
        && (model.DependsOn ?? []).All(d => sight.Shows(d) && (models.GetValueOrDefault(d)?.Materialized != "ephemeral" || !seen.Add(d) || ShowsTexts(d, seen)));
}
