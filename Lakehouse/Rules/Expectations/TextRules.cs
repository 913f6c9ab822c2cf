using Lakehouse.Engine;

namespace Lakehouse.Rules.Expectations;

/// <summary>Rules about texts of a column. NULL keeps them.</summary>
static class TextRules
{
    const string Email = "[A-Za-z0-9.!#$%&''*+/=?^_`{|}~-]+@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+";
    const string Url = "[A-Za-z][A-Za-z0-9+.-]*://[^\\s/?#]+[^\\s]*";
    const string Uuid = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}";
    const string Byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    public static readonly ExpectationRule[] All =
    [
        ExpectationRule.OfValue("not_empty", "the text is more than blanks", (column, _) => $"{column} IS NULL OR trim(CAST({column} AS VARCHAR)) <> ''"),
        ExpectationRule.OfValue("matches", "the whole text matches a pattern (RE2)", (column, a) => $"regexp_full_match(CAST({column} AS VARCHAR), {SqlText.Literal(a.Text("pattern"))})"),
        ExpectationRule.OfValue("not_matches", "no part of the text matches a pattern (RE2)", (column, a) => $"NOT regexp_matches(CAST({column} AS VARCHAR), {SqlText.Literal(a.Text("pattern"))})"),
        ExpectationRule.OfValue("like", "the text matches a pattern of LIKE", (column, a) => $"CAST({column} AS VARCHAR) LIKE {SqlText.Literal(a.Text("pattern"))}"),
        ExpectationRule.OfValue("not_like", "the text does not match a pattern of LIKE", (column, a) => $"CAST({column} AS VARCHAR) NOT LIKE {SqlText.Literal(a.Text("pattern"))}"),
        ExpectationRule.OfValue("length_between", "the text has between min and max characters", (column, a) => a.Range($"length(CAST({column} AS VARCHAR))", ofNumbers: true)),
        ExpectationRule.OfValue("length_equals", "the text has so many characters", (column, a) => $"length(CAST({column} AS VARCHAR)) = {ValueRules.Count(a, "value")}"),
        ExpectationRule.OfValue("trimmed", "the text has no blanks at its ends", (column, _) => $"regexp_full_match(CAST({column} AS VARCHAR), '|[^\\s]|[^\\s](?s:.)*[^\\s]')"),
        ExpectationRule.OfValue("printable", "the text has no control characters", (column, _) => $"NOT regexp_matches(CAST({column} AS VARCHAR), '[[:cntrl:]]')"),
        ExpectationRule.OfValue("upper_case", "the text has no small letters", (column, _) => $"CAST({column} AS VARCHAR) = upper(CAST({column} AS VARCHAR))"),
        ExpectationRule.OfValue("lower_case", "the text has no capital letters", (column, _) => $"CAST({column} AS VARCHAR) = lower(CAST({column} AS VARCHAR))"),
        OfPattern("email", "the text is an e-mail address", Email),
        OfPattern("url", "the text is an absolute URL", Url),
        OfPattern("uuid", "the text is a UUID", Uuid),
        OfPattern("ipv4", "the text is an IPv4 address", $"({Byte}\\.){{3}}{Byte}"),
    ];

    static ExpectationRule OfPattern(string name, string summary, string pattern) =>
        ExpectationRule.OfValue(name, summary, (column, _) => $"regexp_full_match(CAST({column} AS VARCHAR), '{pattern}')");
}
