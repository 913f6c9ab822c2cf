using System.Text;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Avro;

/// <summary>
/// A list, from an array; or a map, from an array of records of key and value (specification, Appendix A, "Avro"), or from Avro's own map, whose keys are texts.
/// </summary>
internal sealed class AvroListColumn(IcebergType type, AvroType? writer, object? absent, AvroColumn[] children, AvroRecordPlan? pairs, AvroBudget budget) : AvroColumn(type, writer, absent)
{
    // An item without any byte is taken this often in one value.
    private const int MaxEmptyItems = 1024 * 1024;

    private (int Offset, int Length)[] spans = new (int Offset, int Length)[64];

    public override (int Offset, int Length) List(int row) => spans[row];

    public override ColumnVector Child(int index) => children[index];

    public override void Clear()
    {
        base.Clear();
        foreach (var child in children)
        {
            child.Clear();
        }
    }

    protected override void AppendValue(ref AvroReader reader, AvroType type)
    {
        var start = children[0].Length;
        var isMap = type.Kind == AvroKind.Map;
        var items = type.Items!;
        for (var count = reader.ReadBlock(items, isMap ? 1 : 0); count > 0; count = reader.ReadBlock(items, isMap ? 1 : 0))
        {
            budget.AddItems(count);
            if (items.LeastSize == 0 && !isMap && children[0].Length - start + count > MaxEmptyItems)
            {
                throw LakehouseException.InvalidData("Avro: an array has too many empty items");
            }

            for (var i = 0; i < count; i++)
            {
                ReadItem(ref reader, isMap);
            }
        }

        Add(start);
    }

    protected override void AppendObject(object value)
    {
        var start = children[0].Length;
        if (value is IReadOnlyList<KeyValuePair<object, object?>> map)
        {
            foreach (var (key, item) in map)
            {
                children[0].AppendBoxed(key);
                children[1].AppendBoxed(item);
            }
        }
        else
        {
            foreach (var item in (IReadOnlyList<object?>)value)
            {
                children[0].AppendBoxed(item);
            }
        }

        Add(start);
    }

    protected override void AppendDefault() => Add(children[0].Length);

    private void ReadItem(ref AvroReader reader, bool isMap)
    {
        if (isMap)
        {
            children[0].AppendBoxed(Encoding.UTF8.GetString(reader.ReadBytes()));
            children[1].Append(ref reader);
        }
        else if (pairs is not null)
        {
            pairs.Read(ref reader);
        }
        else
        {
            children[0].Append(ref reader);
        }
    }

    private void Add(int start)
    {
        if (Length == spans.Length)
        {
            Array.Resize(ref spans, spans.Length * 2);
        }

        spans[Length] = (start, children[0].Length - start);
    }
}
