using Lakehouse.Engine;

namespace LakeAspire.Query.Policies;

/// <summary>What is seen instead of a value.</summary>
internal abstract record ColumnMask
{
    /// <summary>SQL of what is seen.</summary>
    /// <param name="value">SQL of the value itself.</param>
    public abstract string Sql(string value);
}

/// <summary>An expression in a value's place, in its type; null where it fails or does not fit.</summary>
/// <param name="Expression">The expression.</param>
/// <param name="Type">DuckDB's type; null when it is not known, then the expression keeps its own.</param>
internal sealed record ValueMask(string Expression, string? Type) : ColumnMask
{
    /// <inheritdoc/>
    public override string Sql(string value) => Type is null ? $"TRY((\n{Expression}\n))" : $"TRY(CAST((\n{Expression}\n) AS {Type}))";
}

/// <summary>A struct of whose fields some are masked.</summary>
/// <param name="Fields">All of its fields, in order.</param>
internal sealed record StructMask(IReadOnlyList<GuardColumn> Fields) : ColumnMask
{
    /// <inheritdoc/>
    public override string Sql(string value)
    {
        var fields = Fields.Select(field => $"{SqlText.Identifier(field.Name)} := {Field(value, field)}");
        return $"CASE WHEN ({value}) IS NULL THEN NULL ELSE struct_pack({string.Join(", ", fields)}) END";
    }

    static string Field(string value, GuardColumn field)
    {
        var own = FieldOf(value, field.Name);
        return field.Mask?.Sql(own) ?? own;
    }

    /// <summary>SQL of a field of a struct.</summary>
    public static string FieldOf(string value, string name) => $"struct_extract({value}, {SqlText.Literal(name)})";
}
