using System.Globalization;
using System.Text.RegularExpressions;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>A column in templates: dbt's Column.</summary>
internal sealed partial class Column(string name, string dtype, long? charSize = null, long? precision = null, long? scale = null) : JinjaObject
{
    public override string TypeName => "Column";

    public string Name => name;

    /// <summary>A column of the database; the size of a text or number is taken out of its type.</summary>
    public static Column Of(AdapterColumn column)
    {
        var match = Sized().Match(column.Type);
        if (!match.Success)
        {
            return new Column(column.Name, column.Type);
        }

        var first = long.Parse(match.Groups["first"].ValueSpan, CultureInfo.InvariantCulture);
        return match.Groups["second"].Success
            ? new Column(column.Name, match.Groups["type"].Value, null, first, long.Parse(match.Groups["second"].ValueSpan, CultureInfo.InvariantCulture))
            : new Column(column.Name, match.Groups["type"].Value, first);
    }

    /// <summary>The class that templates see as <c>api.Column</c>.</summary>
    public static ColumnClass Class { get; } = new();

    public string DataType =>
        IsText ? StringType(Size)
        : IsNumeric && precision is not null && scale is not null ? string.Create(CultureInfo.InvariantCulture, $"{dtype}({precision},{scale})")
        : IsNumeric && precision is not null ? string.Create(CultureInfo.InvariantCulture, $"{dtype}({precision})")
        : dtype;

    bool IsText => dtype.ToLowerInvariant() is "text" or "character varying" or "character" or "varchar";

    bool IsNumeric => dtype.ToLowerInvariant() is "numeric" or "decimal";

    bool IsInteger => dtype.ToLowerInvariant() is "smallint" or "integer" or "bigint" or "smallserial" or "serial" or "bigserial" or "int2" or "int4" or "int8" or "serial2" or "serial4" or "serial8" or "tinyint" or "hugeint" or "utinyint" or "usmallint" or "uinteger" or "ubigint";

    bool IsFloat => dtype.ToLowerInvariant() is "real" or "float4" or "float" or "double precision" or "float8" or "double";

    static string StringType(long? size) => string.Create(CultureInfo.InvariantCulture, $"character varying({size})");

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        (var known, value) = attribute switch
        {
            "name" or "column" => (true, (object?)name),
            "quoted" => (true, $"\"{name}\""),
            "dtype" => (true, dtype),
            "data_type" => (true, DataType),
            "char_size" => (true, charSize),
            "numeric_precision" => (true, precision),
            "numeric_scale" => (true, scale),
            _ => (false, null),
        };
        if (known)
        {
            return true;
        }

        Func<JinjaCall, object?>? method = attribute switch
        {
            "is_string" => _ => IsText,
            "is_number" => _ => IsInteger || IsNumeric || IsFloat,
            "is_integer" => _ => IsInteger,
            "is_numeric" => _ => IsNumeric,
            "is_float" => _ => IsFloat,
            "string_size" => _ => IsText ? Size : throw JinjaException.Value("Called string_size() on non-string field!"),
            "can_expand_to" => call => call.Require(0, "other_column") is Column other && IsText && other.IsText && (other.Size > Size),
            "literal" => call => $"{Text.Of(call.Require(0, "value"))}::{DataType}",
            "string_type" => call => StringType(Convert.ToInt64(call.Require(0, "size"), CultureInfo.InvariantCulture)),
            "numeric_type" => call => $"{Text.Of(call.Require(0, "dtype"))}({Text.Of(call.Require(1, "precision"))},{Text.Of(call.Require(2, "scale"))})",
            "translate_type" => call => ColumnClass.Translate(call.RequireText(0, "dtype")),
            "flatten" => _ => new JinjaList([this]),
            _ => null,
        };
        value = method is null ? null : new JinjaFunction(attribute, method);
        return method is not null;
    }

    // dbt writes 256 for texts without a size.
    long Size => dtype == "text" ? 256 : charSize ?? 256;

    public override bool Equals(object? obj) => obj is Column other && name == other.Name && DataType == other.DataType;

    public override int GetHashCode() => HashCode.Combine(name, DataType);

    public override string ToString() => $"<Column {name} ({DataType})>";

    [GeneratedRegex(@"^(?<type>[A-Za-z ]+)\((?<first>\d+)(?:\s*,\s*(?<second>\d+))?\)$", RegexOptions.None, 1000)]
    private static partial Regex Sized();
}

/// <summary>dbt's class Column: called it makes a column.</summary>
internal sealed class ColumnClass : JinjaCallable
{
    public override string TypeName => "type";

    public override object? Invoke(JinjaCall call) => new Column(
        call.RequireText(0, "column"), call.RequireText(1, "dtype"), Size(call, 2, "char_size"), Size(call, 3, "numeric_precision"), Size(call, 4, "numeric_scale"));

    static long? Size(JinjaCall call, int position, string name) => call.Get(position, name) as long?;

    public override bool TryGetAttribute(string name, out object? value)
    {
        Func<JinjaCall, object?>? method = name switch
        {
            "create" => call => new Column(call.RequireText(0, "name"), Translate(call.RequireText(1, "label_or_dtype"))),
            "translate_type" => call => Translate(call.RequireText(0, "dtype")),
            "string_type" => call => $"character varying({Text.Of(call.Require(0, "size"))})",
            "numeric_type" => call => $"{Text.Of(call.Require(0, "dtype"))}({Text.Of(call.Require(1, "precision"))},{Text.Of(call.Require(2, "scale"))})",
            "from_description" => call => Column.Of(new AdapterColumn(call.RequireText(0, "name"), call.RequireText(1, "raw_data_type"))),
            "create_from" or "format_add_column_list" or "format_remove_column_list" => null,
            _ => null,
        };
        value = method is null ? null : new JinjaFunction(name, method);
        return method is not null;
    }

    /// <summary>dbt's labels of types that have another name in SQL.</summary>
    public static string Translate(string type) => type.ToUpperInvariant() switch
    {
        "STRING" => "TEXT",
        "TIMESTAMP" => "TIMESTAMP",
        "FLOAT" => "FLOAT",
        "INTEGER" => "INT",
        "BOOLEAN" => "BOOLEAN",
        _ => type,
    };

    public override string ToString() => "<class 'Column'>";
}
