using System.Globalization;

namespace Lakehouse.Rules.Expectations;

/// <summary>How much may break a rule: a number of rows, or a share of those that the rule applies to.</summary>
public readonly record struct Tolerance
{
    Tolerance(decimal amount, bool isShare) => (Amount, IsShare) = (amount, isShare);

    /// <summary>Rows, or a share between 0 and 1.</summary>
    public decimal Amount { get; }

    /// <summary>Whether it is a share.</summary>
    public bool IsShare { get; }

    /// <summary>Nothing may.</summary>
    public static Tolerance None { get; } = new(0, isShare: false);

    /// <summary>A number of rows.</summary>
    public static Tolerance Rows(long rows) => rows >= 0 ? new Tolerance(rows, isShare: false) : throw new ExpectationException($"tolerance {rows}: rows cannot be fewer than none");

    /// <summary>A share between 0 and 1.</summary>
    public static Tolerance Share(decimal share) => share is >= 0 and <= 1 ? new Tolerance(share, isShare: true) : throw new ExpectationException($"tolerance {share}: a share lies between 0 and 1 (write 5% or 0.05)");

    /// <summary>Reads <c>12</c> (rows), <c>2.5%</c> or <c>0.025</c> (shares).</summary>
    /// <exception cref="ExpectationException">It is none of these.</exception>
    public static Tolerance Parse(string text)
    {
        var trimmed = text.Trim();
        var isPercent = trimmed.EndsWith('%');
        if (!decimal.TryParse(isPercent ? trimmed[..^1] : trimmed, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            throw new ExpectationException($"tolerance '{text}': write a number of rows (12), a percentage (2.5%) or a share (0.025)");
        }

        return isPercent ? Share(number / 100) : number == decimal.Truncate(number) && !trimmed.Contains('.', StringComparison.Ordinal) ? Rows((long)Math.Min(number, long.MaxValue)) : Share(number);
    }

    /// <summary>Whether that many broken rows of that many are more than is allowed.</summary>
    public bool IsExceededBy(long broken, long rows) => IsShare ? broken > Amount * rows : broken > Amount;

    /// <inheritdoc />
    public override string ToString() => IsShare ? $"{(Amount * 100).ToString("0.######", CultureInfo.InvariantCulture)}%" : Amount.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What is allowed where nobody says it.</summary>
public static class Tolerances
{
    /// <summary>Nothing for warnings and failures; any number of rows may be dropped or quarantined.</summary>
    public static Tolerance Of(Expectation expectation) =>
        expectation.Tolerance ?? (expectation.Action is ExpectationAction.Drop or ExpectationAction.Quarantine ? Tolerance.Share(1) : Tolerance.None);
}
