using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Avro;

/// <summary>A struct: the file's fields in the file's order, each to its column or skipped; then the columns that the file does not hold.</summary>
internal sealed class AvroStructColumn(StructType type, AvroType? writer, object? absent, AvroColumn[] children, AvroRecordPlan? plan) : AvroColumn(type, writer, absent)
{
    public override ColumnVector Child(int index) => children[index];

    public override void Clear()
    {
        base.Clear();
        foreach (var child in children)
        {
            child.Clear();
        }
    }

    protected override void AppendValue(ref AvroReader reader, AvroType type) => plan!.Read(ref reader);

    protected override void AppendObject(object value)
    {
        var values = (IReadOnlyList<object?>)value;
        for (var i = 0; i < children.Length; i++)
        {
            children[i].AppendBoxed(values[i]);
        }
    }

    protected override void AppendDefault()
    {
        foreach (var child in children)
        {
            child.AppendNull();
        }
    }
}

/// <summary>Where the fields of a record go.</summary>
/// <param name="fields">For each field of the file its column, or null to skip it.</param>
/// <param name="absent">Columns that the file does not hold.</param>
internal sealed class AvroRecordPlan((AvroType Type, AvroColumn? Column)[] fields, AvroColumn[] absent)
{
    public void Read(ref AvroReader reader)
    {
        foreach (var (type, column) in fields)
        {
            if (column is null)
            {
                reader.Skip(type);
            }
            else
            {
                column.Append(ref reader);
            }
        }

        foreach (var column in absent)
        {
            column.AppendAbsent();
        }
    }
}
