namespace Lakehouse.Formats.Avro;

/// <summary>How much a batch holds: it ends when it is full, and a single row that would need far more is refused.</summary>
internal sealed class AvroBudget
{
    private const long FullBytes = 16 * 1024 * 1024;
    private const long FullItems = 1024 * 1024;
    private const long MaxItems = 32 * FullItems;
    private const long MaxBytes = 1024 * 1024 * 1024;

    private long bytes;
    private long items;

    public bool IsFull => bytes >= FullBytes || items >= FullItems;

    public void AddBytes(int count)
    {
        bytes += count;
        if (bytes > MaxBytes)
        {
            throw LakehouseException.InvalidData($"Avro: a row is longer than {MaxBytes} bytes");
        }
    }

    public void AddItems(int count)
    {
        items += count;
        if (items > MaxItems)
        {
            throw LakehouseException.InvalidData($"Avro: a row has more than {MaxItems} items in its lists and maps");
        }
    }

    public void Clear() => (bytes, items) = (0, 0);
}
