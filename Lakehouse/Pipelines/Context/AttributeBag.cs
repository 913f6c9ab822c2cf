using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>An object that is nothing but its attributes, such as <c>exceptions</c> or <c>adapter</c>.</summary>
internal sealed class AttributeBag(string name, IReadOnlyDictionary<string, object?> attributes) : JinjaObject
{
    public override string TypeName => name;

    public override bool TryGetAttribute(string attribute, out object? value) => attributes.TryGetValue(attribute, out value);

    public override string ToString() => $"<{name}>";

    /// <summary>A bag of functions.</summary>
    public static AttributeBag Of(string name, params (string Name, Func<JinjaCall, object?> Body)[] functions) =>
        new(name, functions.ToDictionary(f => f.Name, f => (object?)new JinjaFunction(f.Name, f.Body), StringComparer.Ordinal));
}
