using System.Collections;
using System.Globalization;
using System.Numerics;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Modules;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>Values of query results as values of templates, typed as dbt's tables type them: numbers with a fraction are decimals, what is nested is JSON text.</summary>
internal static class AdapterValues
{
    public static object? ForTemplate(object? value) => value switch
    {
        null or DBNull => null,
        bool or string or long => value,
        int or short or sbyte or byte or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        ulong big => new BigInteger(big) is var number && number <= long.MaxValue ? (long)number : number,
        BigInteger big => big >= long.MinValue && big <= long.MaxValue ? (long)big : big,
        decimal number => JinjaDecimal.Of(number),
        DecimalText number => JinjaDecimal.Parse(number.Text) is { } exact ? exact : number.Text,
        float number => Real(number),
        double number => Real(number),
        DateOnly date => new PythonDate(date),
        DateTime time => new PythonDateTime(time),
        DateTimeOffset time => new PythonDateTime(time),
        TimeOnly time => new PythonTime(time).ToString(),
        TimeSpan span => new PythonTimeDelta(span).ToString(),
        Guid id => id.ToString(),
        byte[] bytes => $"b'{string.Concat(bytes.Select(b => b is >= 32 and < 127 and not (byte)'\'' and not (byte)'\\' ? ((char)b).ToString() : $"\\x{b:x2}"))}'",
        IDictionary or IEnumerable => Json.Write(Nested(value)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    /// <summary>A value of templates as the adapter takes it.</summary>
    public static object? FromTemplate(object? value) => value switch
    {
        JinjaDecimal number => new DecimalText(number.ToString()),
        PythonDate date => date.Date,
        PythonDateTime time => time.Local,
        null or bool or long or double or string or BigInteger => value,
        _ => Text.Of(value),
    };

    // A float becomes the decimal of its shortest digits.
    static object Real(double value) => JinjaDecimal.Parse(value.ToString("R", CultureInfo.InvariantCulture)) is { } exact ? exact : value;

    static object? Nested(object? value) => value switch
    {
        null or bool or string or long or double or BigInteger => value,
        IDictionary dict => Named(dict),
        byte[] => ForTemplate(value),
        IEnumerable items => new JinjaList(items.Cast<object?>().Select(Nested)),
        float or decimal => Convert.ToDouble(value, CultureInfo.InvariantCulture),
        _ => ForTemplate(value) is var plain && plain is long or bool or string or null ? plain : Text.Of(plain),
    };

    static JinjaDict Named(IDictionary dict)
    {
        var result = new JinjaDict();
        foreach (DictionaryEntry entry in dict)
        {
            result.Set(Convert.ToString(entry.Key, CultureInfo.InvariantCulture), Nested(entry.Value));
        }

        return result;
    }
}
