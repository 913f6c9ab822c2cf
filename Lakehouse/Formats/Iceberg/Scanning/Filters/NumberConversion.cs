using System.Globalization;
using System.Numerics;
using Lakehouse.Formats.Expressions;

namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// Numbers in the type of a field. Integers and decimals are compared exactly. Where floating point is on one side, engines round the other side first, and not all in the same way: such a literal becomes a small range that holds it
/// however it was rounded, unless no rounding can happen.
/// </summary>
internal static class NumberConversion
{
    // Below these every integer, and the halves between them, are floating-point numbers.
    private const double SingleLimit = 1 << 23;
    private const double DoubleLimit = 1L << 52;

    /// <summary>In a type of whole steps: integers, or decimals by their unscaled value.</summary>
    public static ConvertedLiteral? ToSteps(Literal literal, int scale, BigInteger least, BigInteger greatest) => literal switch
    {
        IntegerLiteral(var value) => Placed(value, 0, scale, least, greatest),
        DecimalLiteral(var unscaled, var ownScale) => Placed(unscaled, ownScale, scale, least, greatest),
        FloatLiteral(var value) => Rounded(value, isSingle: true, scale, least, greatest),
        DoubleLiteral(var value) => Rounded(value, isSingle: false, scale, least, greatest),
        _ => null,
    };

    /// <summary>In a floating-point type.</summary>
    public static ConvertedLiteral? ToFloating(Literal literal, bool isSingle) => literal switch
    {
        FloatLiteral(var value) => Exact(value),
        DoubleLiteral(var value) => Exact(value),
        IntegerLiteral(var value) => Floating(value, 0, isSingle),
        DecimalLiteral(var unscaled, var scale) => Floating(unscaled, scale, isSingle),
        _ => null,
    };

    private static ConvertedLiteral Exact(double value) => double.IsNaN(value) ? ConvertedLiteral.Nan : ConvertedLiteral.Of(ValueKey.OfDouble(value));

    private static ConvertedLiteral Floating(Int128 unscaled, int scale, bool isSingle)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{unscaled}E-{scale}");
        var wide = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        var single = float.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (Equals(isSingle ? single : wide, unscaled, scale))
        {
            return ConvertedLiteral.Of(ValueKey.OfDouble(wide));
        }

        return isSingle
            ? Range(MathF.BitDecrement(MathF.BitDecrement(single)), MathF.BitIncrement(MathF.BitIncrement(single)))
            : Range(Math.BitDecrement(Math.BitDecrement(wide)), Math.BitIncrement(Math.BitIncrement(wide)));
    }

    private static ConvertedLiteral Range(double low, double high) => new(LiteralPlace.Value, new LiteralRange(ValueKey.OfDouble(low), ValueKey.OfDouble(high), null));

    private static bool Equals(double value, Int128 unscaled, int scale)
    {
        if (!double.IsFinite(value))
        {
            return false;
        }

        var (mantissa, exponent) = Parts(value);
        var left = mantissa * BigInteger.Pow(10, scale);
        return exponent >= 0 ? left << exponent == (BigInteger)unscaled : left == (BigInteger)unscaled << -exponent;
    }

    private static (BigInteger Mantissa, int Exponent) Parts(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7ff);
        var fraction = bits & 0xf_ffff_ffff_ffffL;
        BigInteger mantissa = exponent == 0 ? fraction : fraction | (1L << 52);
        return (bits < 0 ? -mantissa : mantissa, (exponent == 0 ? 1 : exponent) - 1075);
    }

    private static ConvertedLiteral Placed(Int128 unscaled, int ownScale, int scale, BigInteger least, BigInteger greatest)
    {
        var (floor, rest) = FloorDivide((BigInteger)unscaled * BigInteger.Pow(10, scale), BigInteger.Pow(10, ownScale));
        return Within(floor, floor, isBetween: !rest.IsZero, least, greatest);
    }

    private static ConvertedLiteral Rounded(double value, bool isSingle, int scale, BigInteger least, BigInteger greatest)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? ConvertedLiteral.Nan : value > 0 ? ConvertedLiteral.Above : ConvertedLiteral.Below;
        }

        var (mantissa, exponent) = Parts(value);
        var scaled = mantissa * BigInteger.Pow(10, scale);
        var (floor, rest) = exponent >= 0 ? (scaled << exponent, BigInteger.Zero) : FloorDivide(scaled, BigInteger.One << -exponent);
        if (scale == 0 && Math.Abs(value) < (isSingle ? SingleLimit : DoubleLimit))
        {
            return Within(floor, floor, isBetween: !rest.IsZero, least, greatest);
        }

        // Some units in the last place of what the engine computes with.
        var slack = (BigInteger.Abs(floor) >> (isSingle ? 20 : 48)) + 2;
        return Within(floor - slack, floor + slack, isBetween: false, least, greatest);
    }

    private static ConvertedLiteral Within(BigInteger low, BigInteger high, bool isBetween, BigInteger least, BigInteger greatest)
    {
        if (low > greatest || (isBetween && low >= greatest))
        {
            return ConvertedLiteral.Above;
        }

        if (high < least)
        {
            return ConvertedLiteral.Below;
        }

        var range = new LiteralRange((Int128)BigInteger.Max(low, least), (Int128)BigInteger.Min(high, greatest), null);
        // A range that was cut at the end of the type is still no exact value.
        range = low != high && range.IsExact ? range with { Low = range.Low - 1 } : range;
        return new ConvertedLiteral(isBetween ? LiteralPlace.Between : LiteralPlace.Value, range);
    }

    private static (BigInteger Quotient, BigInteger Remainder) FloorDivide(BigInteger value, BigInteger divisor)
    {
        var quotient = BigInteger.DivRem(value, divisor, out var rest);
        return rest.Sign < 0 ? (quotient - 1, rest + divisor) : (quotient, rest);
    }
}
