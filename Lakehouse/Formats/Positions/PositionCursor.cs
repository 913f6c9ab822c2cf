namespace Lakehouse.Formats.Positions;

/// <summary>Walks the positions of a bitmap in order. The bitmap must not change meanwhile.</summary>
public sealed class PositionCursor
{
    private readonly PositionBitmap bitmap;
    private int index;
    private long state;

    internal PositionCursor(PositionBitmap bitmap) => this.bitmap = bitmap;

    /// <summary>Copies the next positions. Fewer than asked for, or 0, means that none is left.</summary>
    /// <returns>How many were copied.</returns>
    public int Fill(Span<long> target)
    {
        var taken = 0;
        while (taken < target.Length && index < bitmap.ContainerCount)
        {
            var (key, container) = bitmap.At(index);
            taken += container.Fill(ref state, key << 16, target[taken..]);
            if (state < 0)
            {
                index++;
                state = 0;
            }
        }

        return taken;
    }
}
