using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>How rows of existing files change.</summary>
public enum RowChangeMode
{
    /// <summary>Files with such rows are written again without them, or with new values.</summary>
    CopyOnWrite,

    /// <summary>Delete files say which rows are gone (position deletes in format version 2, deletion vectors in 3), and new values go into new files.</summary>
    MergeOnRead,
}

/// <summary>What a table's properties say of a kind of change: <c>write.delete.*</c>, <c>write.update.*</c>, <c>write.merge.*</c>.</summary>
/// <param name="Mode"><c>mode</c>: <c>copy-on-write</c> (the default) or <c>merge-on-read</c>.</param>
/// <param name="Isolation"><c>isolation-level</c>: <c>serializable</c> (the default) or <c>snapshot</c>.</param>
sealed record RowChangeSettings(RowChangeMode Mode, IsolationLevel Isolation)
{
    public static RowChangeSettings Of(TableMetadata metadata, string operation, RowChangeOptions options) => new(
        options.Mode ?? Read(metadata, $"write.{operation}.mode", ("copy-on-write", RowChangeMode.CopyOnWrite), ("merge-on-read", RowChangeMode.MergeOnRead)),
        Read(metadata, $"write.{operation}.isolation-level", ("serializable", IsolationLevel.Serializable), ("snapshot", IsolationLevel.Snapshot)));

    static T Read<T>(TableMetadata metadata, string property, params (string Text, T Value)[] values)
    {
        if (!metadata.Properties.TryGetValue(property, out var text))
        {
            return values[0].Value;
        }

        foreach (var (name, value) in values)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        throw LakehouseException.InvalidData($"table property \"{property}\" must be {string.Join(" or ", values.Select(value => value.Text))}, is \"{text}\"");
    }
}
