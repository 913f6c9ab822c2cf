using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Naming;

/// <summary>Name of a table within its namespace. Parsed once, at the edge.</summary>
internal readonly record struct TableName(NamespaceName Namespace, string Name)
{
    /// <summary>Reads a name.</summary>
    /// <exception cref="ApiException">400 when it is no valid name.</exception>
    public static TableName Parse(NamespaceName space, string? name) => NameRules.Problem(name) is { } problem
        ? throw new ApiException(400, $"the table name '{NamespaceName.Shown(name)}' {problem}")
        : new TableName(space, name!);

    /// <inheritdoc />
    public override string ToString() => Namespace.Text.Length == 0 ? Name : $"{Namespace.Dotted}.{Name}";
}
