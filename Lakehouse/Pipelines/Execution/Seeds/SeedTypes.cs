using System.Globalization;

namespace Lakehouse.Pipelines.Execution.Seeds;

/// <summary>The type of a seed's column, found from its texts as dbt finds it: the first that all values fit.</summary>
internal static class SeedTypes
{
    static readonly (string Type, Func<string, bool> Fits)[] Candidates =
    [
        ("DATE", text => DateOnly.TryParseExact(text, "yyyy-M-d", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)),
        ("TIMESTAMP", text => DateTime.TryParseExact(text, "yyyy-M-d H:m:s", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)),
        ("TIMESTAMP", IsIsoTime),
        ("BOOLEAN", text => text.Equals("true", StringComparison.OrdinalIgnoreCase) || text.Equals("false", StringComparison.OrdinalIgnoreCase)),
    ];

    /// <summary>DuckDB's name of the type. A column without values is one of integers.</summary>
    public static string Of(IEnumerable<string?> values)
    {
        var texts = values.OfType<string>().Select(value => value.Trim()).Where(text => text.Length > 0 && !text.Equals("null", StringComparison.OrdinalIgnoreCase)).ToList();
        if (texts.Count == 0)
        {
            return "INTEGER";
        }

        if (texts.TrueForAll(text => Number(text) is not null))
        {
            var numbers = texts.ConvertAll(text => Number(text)!.Value);
            return numbers.Exists(number => number != decimal.Truncate(number)) ? "DOUBLE" : numbers.Exists(number => number is < int.MinValue or > int.MaxValue) ? "BIGINT" : "INTEGER";
        }

        return Candidates.FirstOrDefault(candidate => texts.TrueForAll(text => candidate.Fits(text)), ("VARCHAR", _ => true)).Type;
    }

    /// <summary>A plain number; what else agate takes for one (<c>$1,250</c>, <c>5%</c>) the engine could not store.</summary>
    static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number) ? number : null;

    static bool IsIsoTime(string text) => text.Contains('T', StringComparison.Ordinal)
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
}
