using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;

namespace LakeAspire.Catalog.Naming;

/// <summary>Name of a table within its namespace. Parsed once, at the edge.</summary>
internal readonly record struct TableName(NamespaceName Namespace, string Name)
{
    /// <summary>Reads a name.</summary>
    /// <exception cref="ApiException">400 when it is no valid name.</exception>
    public static TableName Parse(NamespaceName space, string? name) => NameRules.Problem(name) is { } problem
        ? throw new ApiException(400, $"the table name '{NamespaceName.Shown(name)}' {problem}")
        : new TableName(space, name!);

    /// <summary>Reads a name as <see cref="ToString"/> writes it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parameter">What it was given as, for the error.</param>
    /// <exception cref="ApiException">400 when it is no valid name.</exception>
    public static TableName ParseDotted(string text, string parameter) => DottedName.TrySplit(text, out string? space, out var name)
        ? Parse(NamespaceName.ParseDotted(space), name)
        : throw new ApiException(400, $"{parameter} is NAMESPACE.NAME, where what holds a dot is quoted, not '{NamespaceName.Shown(text)}'");

    /// <summary>The levels of the namespace and the name, joined by dots; what holds a dot is quoted.</summary>
    public override string ToString() => Namespace.Text.Length == 0 ? DottedName.Quote(Name) : DottedName.Within(Namespace.Dotted, Name);
}
