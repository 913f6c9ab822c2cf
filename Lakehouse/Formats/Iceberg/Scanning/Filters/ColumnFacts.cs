namespace Lakehouse.Formats.Iceberg;

/// <summary>
/// What is known of a field over some rows: which kinds of values may be there, and bounds of those that are neither null nor NaN. Bounds are keys of <see cref="ValueKey"/>: numbers, or bytes, as the field's type has it.
/// </summary>
internal ref struct ColumnFacts
{
    public bool MayBeNull;
    public bool MayBeNan;
    public bool MayBeValue;
    public bool HasLower;
    public bool HasUpper;
    public Int128 Lower;
    public Int128 Upper;
    public ReadOnlySpan<byte> LowerBytes;
    public ReadOnlySpan<byte> UpperBytes;

    /// <summary>Nothing known.</summary>
    public static ColumnFacts Unknown(BoundField field) => new() { MayBeNull = true, MayBeNan = field.IsFloating, MayBeValue = true };

    /// <summary>
    /// Sets bounds from their serialized form. Bytes that say nothing are left out; so are both bounds when one is NaN or they contradict each other (uuids that were compared as signed numbers).
    /// </summary>
    public void SetBounds(BoundField field, bool hasLower, ReadOnlySpan<byte> lower, bool hasUpper, ReadOnlySpan<byte> upper)
    {
        if (field.IsBytes)
        {
            (HasLower, HasUpper) = (hasLower, hasUpper);
            LowerBytes = lower;
            UpperBytes = upper;
            if (hasLower && hasUpper && lower.SequenceCompareTo(upper) > 0)
            {
                HasLower = HasUpper = false;
            }

            return;
        }

        HasLower = hasLower && ValueKey.TryRead(field.Type, lower, out Lower);
        HasUpper = hasUpper && ValueKey.TryRead(field.Type, upper, out Upper);
        if (HasLower != hasLower || HasUpper != hasUpper || (HasLower && HasUpper && Lower > Upper))
        {
            HasLower = HasUpper = false;
        }
    }

    /// <summary>Sets what counts say; null = not counted.</summary>
    public void SetCounts(BoundField field, long records, long? values, long? nulls, long? nans)
    {
        values = values >= 0 && (values > 0 || records == 0 || field.IsNested) ? values : null;
        nulls = nulls >= 0 ? nulls : null;
        nans = nans >= 0 ? nans : null;
        // Writers count the nulls of a struct's field with those of the struct or without: only a count over all rows can rule nulls out.
        MayBeNull = !(nulls == 0 && (!field.IsNested || values == records));
        var filled = values - nulls;
        MayBeNan = field.IsFloating && nans != 0 && filled is not <= 0;
        MayBeValue = !(filled <= (field.IsFloating ? nans ?? 0 : 0));
    }
}
