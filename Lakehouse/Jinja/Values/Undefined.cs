namespace Lakehouse.Jinja.Values;

/// <summary>What a missing variable, attribute or item is: empty text, an empty sequence, false. Anything more is an error that names what is missing.</summary>
public sealed class Undefined
{
    readonly string? hint;
    readonly JinjaErrorKind kind;

    internal Undefined(string name, string? hint = null, JinjaErrorKind kind = JinjaErrorKind.Undefined)
    {
        Name = name;
        this.hint = hint;
        this.kind = kind;
    }

    /// <summary>Whether its attributes, items and calls are undefined again instead of errors.</summary>
    internal bool Chains { get; init; }

    /// <summary>What was looked for.</summary>
    public string Name { get; }

    /// <summary>The error of using it.</summary>
    internal JinjaException Error() => new(kind, hint ?? $"'{Name}' is undefined");

    /// <summary>A missing attribute or item of a value.</summary>
    internal static Undefined Of(object? target, object? key, bool chains = false)
    {
        var type = TypeNames.Of(target);
        var owner = target is null ? "None" : $"{type} object";
        return key is string name
            ? new Undefined(name, $"'{owner}' has no attribute {Repr.Of(name)}") { Chains = chains }
            : new Undefined(Text.Of(key), $"{owner} has no element {Repr.Of(key)}") { Chains = chains };
    }
}
