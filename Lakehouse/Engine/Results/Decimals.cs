using System.Globalization;

namespace Lakehouse.Engine;

/// <summary>Decimals as unscaled 128-bit integers.</summary>
internal static class Decimals
{
    /// <summary>The largest of 38 digits.</summary>
    public static readonly Int128 Limit = Int128.Parse("99999999999999999999999999999999999999", CultureInfo.InvariantCulture);
}
