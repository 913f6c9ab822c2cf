using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>The results of a rendering's statements by name: each may be loaded once, but <c>main</c> as often as wanted.</summary>
internal sealed class StatementResults
{
    readonly Dictionary<string, JinjaDict?> results = new(StringComparer.Ordinal);

    /// <summary>What the statement <c>main</c> did; null before it ran.</summary>
    public AdapterResponse? Main { get; private set; }

    public void Store(string name, ResponseObject response, AgateTable table)
    {
        if (name == "main")
        {
            Main = response.Response;
        }

        results[name] = new JinjaDict(new Dictionary<string, object?>(StringComparer.Ordinal) { ["response"] = response, ["data"] = table.Matrix(), ["table"] = table });
    }

    /// <exception cref="JinjaException">It was loaded before.</exception>
    public JinjaDict? Load(string name)
    {
        if (!results.TryGetValue(name, out var result))
        {
            return null;
        }

        if (result is null)
        {
            throw new JinjaException(JinjaErrorKind.Raised, $"The 'statement' result named '{name}' has already been loaded into a variable");
        }

        if (name != "main")
        {
            results[name] = null;
        }

        return result;
    }

    public JinjaDict ToDict() => new(results.Select(r => KeyValuePair.Create(r.Key, (object?)r.Value)));
}
