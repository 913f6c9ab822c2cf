using System.Globalization;
using System.Text.Json;

namespace Lakehouse.Formats.Delta.Schemas;

/// <summary>Texts of a fixed length, which Spark keeps as <c>string</c> with a note in the metadata: values are filled up with blanks when they are read.</summary>
public static class CharType
{
    /// <summary>The length of a <c>char(n)</c> column; null for every other.</summary>
    public static int? LengthOf(DeltaField field) =>
        field.Type == DeltaType.String && field.Metadata.TryGetValue("__CHAR_VARCHAR_TYPE_STRING", out var note) && note.ValueKind == JsonValueKind.String
        && note.GetString() is { } text && text.StartsWith("char(", StringComparison.Ordinal) && text.EndsWith(')')
        && int.TryParse(text.AsSpan(5, text.Length - 6), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? length
            : null;
}
