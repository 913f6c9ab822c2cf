using System.Globalization;
using System.Text.Json;
using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Filters;

/// <summary>A column as one side of a comparison.</summary>
/// <param name="Path">The column.</param>
/// <param name="Rounding">The floating-point type that its values are cast to for the comparison, and may be rounded to; null = they are compared as they are.</param>
/// <param name="IsPlain">Whether it stands there without a cast.</param>
internal sealed record ColumnOperand(ColumnPath Path, PrimitiveType? Rounding, bool IsPlain)
{
    /// <summary>The literal that the comparison is made with; null when it is not understood.</summary>
    public Literal? Compared(Literal literal) => Rounding is null ? literal : literal switch
    {
        DoubleLiteral or FloatLiteral => literal,
        IntegerLiteral(var value) => Rounded(value.ToString(CultureInfo.InvariantCulture)),
        DecimalLiteral(var unscaled, var scale) => Rounded(string.Create(CultureInfo.InvariantCulture, $"{unscaled}E-{scale}")),
        _ => null,
    };

    Literal Rounded(string text) => Rounding == IcebergType.Float ? new FloatLiteral(float.Parse(text, CultureInfo.InvariantCulture)) : new DoubleLiteral(double.Parse(text, CultureInfo.InvariantCulture));
}

/// <summary>A constant; null is SQL's null.</summary>
internal sealed record ConstantOperand(Literal? Value);

/// <summary>Reads the sides of comparisons: columns, also within casts that change nothing about an order, and constants.</summary>
internal sealed class SqlOperands(Func<IReadOnlyList<string>, FilterColumn?> find)
{
    /// <summary>The column that a node is; null when it is something else, or a cast that changes what a comparison means.</summary>
    public ColumnOperand? Column(JsonElement node)
    {
        if (Named(node) is { } column)
        {
            return new ColumnOperand(column.Path, null, IsPlain: true);
        }

        return Class(node) == "CAST" && !node.GetProperty("try_cast").GetBoolean() && Named(node.GetProperty("child")) is { Type: { } type } cast ? Cast(cast, type, node.GetProperty("cast_type")) : null;
    }

    /// <summary>The column that a node is, whatever its type.</summary>
    public ColumnPath? AnyColumn(JsonElement node) => Named(node)?.Path;

    /// <summary>The constant that a node is; null when it is none, or of a type that filters don't have.</summary>
    public ConstantOperand? Constant(JsonElement node) => Class(node) switch
    {
        "CONSTANT" => SqlConstants.Read(node.GetProperty("value")),
        "CAST" when Class(node.GetProperty("child")) is "CONSTANT" && !node.GetProperty("try_cast").GetBoolean() =>
            SqlConstants.Read(node.GetProperty("child").GetProperty("value")) is { } child ? SqlConstants.Cast(child.Value, node.GetProperty("cast_type")) : null,
        _ => null,
    };

    FilterColumn? Named(JsonElement node)
    {
        switch (Class(node))
        {
            case "COLUMN_REF":
                return find([.. node.GetProperty("column_names").EnumerateArray().Select(name => name.GetString()!)]);
            case "FUNCTION" when node.GetProperty("function_name").GetString() == "struct_extract" && node.TryGetProperty("children", out var children) && children.GetArrayLength() == 2:
                return Named(children[0]) is { } parent && Constant(children[1])?.Value is StringLiteral(var name) ? find([.. parent.Path.Names, name]) : null;
            default:
                return null;
        }
    }

    /// <summary>Casts that keep every value, and those to floating point, which keep the order but round.</summary>
    static ColumnOperand? Cast(FilterColumn column, PrimitiveType type, JsonElement target)
    {
        var keeps = (type, target.GetProperty("id").GetString()) switch
        {
            (DecimalType source, "DECIMAL") => Decimal(target) is var (width, scale) && scale >= source.Scale && width - scale >= source.Precision - source.Scale,
            ({ Name: "int" }, "DECIMAL") => Decimal(target) is var (width, scale) && width - scale >= 10,
            ({ Name: "long" }, "DECIMAL") => Decimal(target) is var (width, scale) && width - scale >= 19,
            ({ Name: "int" }, "BIGINT" or "HUGEINT") or ({ Name: "long" }, "HUGEINT") => true,
            ({ Name: "float" }, "DOUBLE") => true,
            ({ Name: "date" }, "TIMESTAMP" or "TIMESTAMP_NS") or ({ Name: "timestamp" }, "TIMESTAMP_NS") => true,
            ({ Name: "string" }, "VARCHAR") => true,
            _ => false,
        };
        if (keeps)
        {
            return new ColumnOperand(column.Path, null, IsPlain: false);
        }

        var isExact = type is DecimalType || type.Name is "int" or "long";
        return (isExact, target.GetProperty("id").GetString()) switch
        {
            (true, "DOUBLE") => new ColumnOperand(column.Path, IcebergType.Double, IsPlain: false),
            (true, "FLOAT") => new ColumnOperand(column.Path, IcebergType.Float, IsPlain: false),
            _ => null,
        };
    }

    static (int Width, int Scale)? Decimal(JsonElement type) =>
        type.TryGetProperty("type_info", out var info) ? (info.GetProperty("width").GetInt32(), info.TryGetProperty("scale", out var scale) ? scale.GetInt32() : 0) : null;

    static string? Class(JsonElement node) => node.ValueKind == JsonValueKind.Object && node.TryGetProperty("class", out var kind) ? kind.GetString() : null;
}
