namespace Lakehouse.Jinja.Values;

/// <summary>An object of the host that templates see. Nothing of it is visible but what it gives here.</summary>
public abstract class JinjaObject
{
    /// <summary>Name of the type as messages show it.</summary>
    public abstract string TypeName { get; }

    /// <summary>An attribute (a value, or a callable); false when there is none.</summary>
    public virtual bool TryGetAttribute(string name, out object? value)
    {
        value = null;
        return false;
    }

    /// <summary>An item, as <c>x[key]</c> asks for; false when there is none.</summary>
    public virtual bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return false;
    }

    /// <summary>The items when it is walked through; null when it can't be.</summary>
    public virtual IEnumerable<object?>? Iterate() => null;

    /// <summary>Number of items; null when it has no length.</summary>
    public virtual long? Length => null;

    /// <summary>Whether it is a mapping, as the test <c>mapping</c> asks.</summary>
    public virtual bool IsMapping => false;

    /// <summary>A binary operator (<c>+</c> or <c>-</c>) with this object on the left; null when there is none.</summary>
    public virtual object? Operate(string op, object? right) => null;

    /// <summary>A binary operator with this object on the right and a value that is none of the host's on the left; null when there is none.</summary>
    public virtual object? OperateReversed(string op, object? left) => null;

    /// <summary>The text for a format specification, as <c>'{:%Y}'.format(date)</c> asks; null when it takes none.</summary>
    public virtual string? Format(string specification) => null;

    /// <summary>Order among objects of its kind; null when there is none.</summary>
    public virtual int? CompareTo(object? other) => null;

    /// <summary>The value when it is false, empty or zero.</summary>
    public virtual bool IsTrue => true;

    /// <summary>The text that <c>{{ x }}</c> puts out.</summary>
    public abstract override string ToString();

    /// <summary>The text within a container, as Python's <c>repr</c>.</summary>
    public virtual string ToRepr() => ToString();
}

/// <summary>Something that templates can call.</summary>
public abstract class JinjaCallable : JinjaObject
{
    /// <inheritdoc />
    public override string TypeName => "function";

    /// <summary>Calls it.</summary>
    /// <exception cref="JinjaException">It fails.</exception>
    public abstract object? Invoke(JinjaCall call);

    /// <inheritdoc />
    public override string ToString() => "<function>";
}

/// <summary>A callable made of a delegate.</summary>
/// <param name="name">Its name, for messages.</param>
/// <param name="body">What it does.</param>
public sealed class JinjaFunction(string name, Func<JinjaCall, object?> body) : JinjaCallable
{
    /// <inheritdoc />
    public override object? Invoke(JinjaCall call) => body(call);

    /// <inheritdoc />
    public override string ToString() => $"<function {name}>";
}
