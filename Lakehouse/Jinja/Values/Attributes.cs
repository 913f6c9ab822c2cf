namespace Lakehouse.Jinja.Values;

/// <summary>Attributes of values. Names with a leading underscore are closed to templates.</summary>
internal static class Attributes
{
    /// <summary><c>target.name</c>: an attribute or method, else an item.</summary>
    public static object? Get(object? target, string name, bool chains = false)
    {
        if (target is Undefined undefined)
        {
            return undefined.Chains ? new Undefined(name) { Chains = true } : throw undefined.Error();
        }

        if (name.StartsWith('_'))
        {
            // Items are no attributes: a package's macro may begin with an underscore.
            return target is JinjaDict or JinjaObject && Subscripts.TryGet(target, name, out var item) ? item : Unsafe(target, name, chains);
        }

        return TryOwn(target, name, out var value) || Subscripts.TryGet(target, name, out value) ? value : Undefined.Of(target, name, chains);
    }

    /// <summary><c>target[key]</c>: an item, else an attribute of that name.</summary>
    public static object? GetItem(object? target, object? key, bool chains = false)
    {
        if (target is Undefined undefined)
        {
            return undefined.Chains ? target : throw undefined.Error();
        }

        if (Subscripts.TryGet(target, key, out var value))
        {
            return value;
        }

        if (key is string name)
        {
            if (name.StartsWith('_'))
            {
                return Unsafe(target, name, chains);
            }

            if (TryOwn(target, name, out value))
            {
                return value;
            }
        }

        return Undefined.Of(target, key, chains);
    }

    /// <summary>An attribute or method alone, as the filter <c>attr</c> wants.</summary>
    public static object? Own(object? target, string name) =>
        name.StartsWith('_') ? Unsafe(target, name) : TryOwn(target, name, out var value) ? value : Undefined.Of(target, name);

    static Undefined Unsafe(object? target, string name, bool chains = false) =>
        new(name, $"access to attribute '{name}' of '{TypeNames.Of(target)}' object is unsafe.", JinjaErrorKind.Security) { Chains = chains };

    static bool TryOwn(object? target, string name, out object? value)
    {
        value = null;
        switch (target)
        {
            case JinjaObject host:
                return host.TryGetAttribute(name, out value);
            case JinjaNamespace ns:
                return ns.Attributes.TryGetValue(name, out value);
            default:
                var method = Methods.MethodTable.Find(target, name);
                value = method is null ? null : new JinjaFunction(name, call => method(target!, call));
                return method is not null;
        }
    }
}
