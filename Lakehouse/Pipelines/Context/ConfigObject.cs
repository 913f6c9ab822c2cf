using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Projects;

namespace Lakehouse.Pipelines.Context;

/// <summary><c>config</c>: called it sets, <c>config.get</c> and <c>config.require</c> read.</summary>
internal sealed class ConfigObject(PipelineProject project, ModelState state) : JinjaCallable
{
    public override object? Invoke(JinjaCall call)
    {
        var entries = call.Named.ToList();
        if (call.Positional is [JinjaDict dict])
        {
            entries.AddRange(dict.Entries.Select(e => KeyValuePair.Create(Text.Of(e.Key), e.Value)));
        }
        else if (call.Positional.Count > 0)
        {
            throw JinjaException.Value("config() takes keyword arguments, or one mapping");
        }

        // In the second rendering the config is complete already.
        foreach (var (key, value) in state.Execute ? [] : entries)
        {
            ModelConfig.Merge(state.Config, key, value);
        }

        return "";
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "get" => new JinjaFunction("get", call => !state.Execute ? "" : state.Config.TryGet(call.Require(0, "name"), out var found) && found is not null ? found : call.Get(1, "default")),
            "require" => new JinjaFunction("require", Require),
            "persist_relation_docs" or "persist_column_docs" => new JinjaFunction(name, _ => false),
            _ => null,
        };
        return value is not null;
    }

    object? Require(JinjaCall call)
    {
        var name = call.Require(0, "name");
        return !state.Execute ? "" : state.Config.TryGet(name, out var value) && value is not null
            ? value
            : throw JinjaException.Value($"Model '{ModelState.UniqueIdOf(project, state.File.Name)}' does not define a required config parameter '{Text.Of(name)}'.");
    }

    public override string ToString() => "<config>";
}
