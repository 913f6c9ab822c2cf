using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;
using Lakehouse.Jinja.Values;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Lakehouse.Pipelines.Projects;

/// <summary>Plain scalars as YAML 1.1 has them, which is what dbt reads: <c>NO</c> is false, <c>0o17</c> is text, <c>1_000</c> is a number. Dates stay text.</summary>
internal static partial class YamlScalars
{
    public static object? Value(YamlNode node)
    {
        switch (node)
        {
            case YamlScalarNode scalar:
                return scalar.Style is ScalarStyle.Plain or ScalarStyle.Any && scalar.Tag.IsEmpty ? Plain(scalar.Value ?? "") : scalar.Value;
            case YamlSequenceNode sequence:
                return new JinjaList([.. sequence.Children.Select(Value)]);
            case YamlMappingNode mapping:
                var dict = new JinjaDict();
                foreach (var (key, value) in mapping.Children)
                {
                    dict.Set(Value(key), Value(value));
                }

                return dict;
            default:
                return null;
        }
    }

    internal static object? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" or "yes" or "Yes" or "YES" or "on" or "On" or "ON" => true,
        "false" or "False" or "FALSE" or "no" or "No" or "NO" or "off" or "Off" or "OFF" => false,
        ".inf" or ".Inf" or ".INF" or "+.inf" => double.PositiveInfinity,
        "-.inf" or "-.Inf" or "-.INF" => double.NegativeInfinity,
        ".nan" or ".NaN" or ".NAN" => double.NaN,
        _ when DecimalInteger().IsMatch(text) => Whole(BigInteger.Parse(Digits(text), CultureInfo.InvariantCulture)),
        _ when HexInteger().IsMatch(text) => Whole(BigInteger.Parse("0" + Digits(text)[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
        _ when Float().IsMatch(text) => double.Parse(Digits(text), CultureInfo.InvariantCulture),
        _ => text,
    };

    static string Digits(string text) => text.Replace("_", "", StringComparison.Ordinal);

    static object Whole(BigInteger value) => value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;

    [GeneratedRegex(@"^[-+]?(?:0|[1-9][0-9_]*)$", RegexOptions.None, 1000)]
    private static partial Regex DecimalInteger();

    [GeneratedRegex(@"^0x[0-9a-fA-F_]+$", RegexOptions.None, 1000)]
    private static partial Regex HexInteger();

    [GeneratedRegex(@"^[-+]?(?:[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9_]+(?:[eE][-+][0-9]+)?)$", RegexOptions.None, 1000)]
    private static partial Regex Float();
}
