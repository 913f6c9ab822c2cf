using Lakehouse.Jinja.Values;
using YamlDotNet.RepresentationModel;

namespace Lakehouse.Pipelines.Projects;

/// <summary>Collects what the YAML files below the model paths declare: sources, and properties of models.</summary>
internal sealed class PropertyReader
{
    readonly Dictionary<string, ModelProperties> models = new(StringComparer.Ordinal);
    readonly List<SourceTable> sources = [];
    readonly List<string> notices = [];

    public IReadOnlyDictionary<string, ModelProperties> Models => models;

    public IReadOnlyList<SourceTable> Sources => sources;

    public IReadOnlyList<string> Notices => notices;

    public void Read(YamlFile file)
    {
        if (file.Root is not YamlMappingNode root)
        {
            if (YamlFile.Value(file.Root) is not null)
            {
                throw file.Error(file.Root, "a properties file must be a mapping");
            }

            return;
        }

        foreach (var source in file.Sequence(root, "sources"))
        {
            ReadSource(file, source);
        }

        foreach (var model in file.Sequence(root, "models"))
        {
            ReadModel(file, model);
        }
    }

    void ReadSource(YamlFile file, YamlNode source)
    {
        var name = file.RequireText(source, "name");
        if (file.Text(source, "database") is { } database && database != "lake")
        {
            throw file.Error(file.Child(source, "database"), $"sources are in the database 'lake', not '{database}'", PipelineErrorKind.Unsupported);
        }

        var schema = file.Text(source, "schema") ?? name;
        foreach (var table in file.Sequence(source, "tables"))
        {
            var tableName = file.RequireText(table, "name");
            if (sources.Find(s => s.SourceName == name && s.Name == tableName) is { } other)
            {
                throw file.Error(table, $"the source '{name}.{tableName}' is declared twice: here and in {other.Path}:{other.Line}");
            }

            Notice(file, table, tableName);
            sources.Add(new SourceTable(
                name, tableName, schema, file.Text(table, "identifier") ?? tableName, file.Text(table, "description") ?? "", file.Path, (int)table.Start.Line));
        }
    }

    void ReadModel(YamlFile file, YamlNode model)
    {
        var name = file.RequireText(model, "name");
        if (models.TryGetValue(name, out var other))
        {
            throw file.Error(model, $"the model '{name}' is described twice: here and in {other.Path}:{other.Line}");
        }

        var columns = file.Sequence(model, "columns").Select(c =>
        {
            Notice(file, c, $"{name}.{file.RequireText(c, "name")}");
            return new ColumnProperties(file.RequireText(c, "name"), file.Text(c, "description") ?? "");
        }).ToArray();
        Notice(file, model, name);
        models.Add(name, new ModelProperties(
            name, file.Text(model, "description") ?? "", columns, file.Child(model, "config") is YamlMappingNode config ? YamlFile.Dict(config) : new JinjaDict(), file.Path, (int)model.Start.Line));
    }

    void Notice(YamlFile file, YamlNode node, string name)
    {
        foreach (var key in new[] { "tests", "data_tests", "constraints" })
        {
            if (file.Child(node, key) is { } tests)
            {
                notices.Add($"{file.Path}:{tests.Start.Line}: {key} of {name} are not run");
            }
        }
    }
}
