namespace Lakehouse.Sources.Lines;

/// <summary>Kind of the JSON value of a field.</summary>
public enum FieldKind : byte
{
    /// <summary>The object has no such field.</summary>
    Missing,

    /// <summary>null.</summary>
    Null,

    /// <summary>true.</summary>
    True,

    /// <summary>false.</summary>
    False,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string without escapes: its bytes are its text.</summary>
    Text,

    /// <summary>A string with escapes.</summary>
    EscapedText,

    /// <summary>An object or an array.</summary>
    Nested,
}

/// <summary>Where a field's value stands: without the quotes of a string.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">First byte, from the start of what was scanned.</param>
/// <param name="Length">Bytes.</param>
public readonly record struct FieldValue(FieldKind Kind, int Start, int Length);
