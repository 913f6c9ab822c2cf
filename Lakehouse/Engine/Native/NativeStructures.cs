using System.Runtime.InteropServices;

namespace Lakehouse.Engine.Native;

/// <summary>duckdb_type.</summary>
internal enum NativeType
{
    Invalid = 0,
    Boolean = 1,
    TinyInt = 2,
    SmallInt = 3,
    Integer = 4,
    BigInt = 5,
    UTinyInt = 6,
    USmallInt = 7,
    UInteger = 8,
    UBigInt = 9,
    Float = 10,
    Double = 11,
    Timestamp = 12,
    Date = 13,
    Time = 14,
    Interval = 15,
    HugeInt = 16,
    Varchar = 17,
    Blob = 18,
    Decimal = 19,
    TimestampSeconds = 20,
    TimestampMillis = 21,
    TimestampNanos = 22,
    Enum = 23,
    List = 24,
    Struct = 25,
    Map = 26,
    Uuid = 27,
    Union = 28,
    Bit = 29,
    TimeTz = 30,
    TimestampTz = 31,
    UHugeInt = 32,
    Array = 33,
    Any = 34,
    BigNum = 35,
    SqlNull = 36,
    StringLiteral = 37,
    IntegerLiteral = 38,
    TimeNanos = 39,
    Geometry = 40,
    Variant = 41,
}

/// <summary>duckdb_result: 48 bytes, all private to DuckDB.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeResult
{
    ulong columnCount;
    ulong rowCount;
    ulong rowsChanged;
    void* columns;
    byte* error;
    void* data;
}

/// <summary>duckdb_query_progress_type.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeProgress
{
    public double Percentage;
    public ulong RowsProcessed;
    public ulong TotalRows;
}

/// <summary>duckdb_hugeint: 128 bits, the lower half first.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeHugeInt(Int128 value)
{
    public ulong Lower = (ulong)(value & ulong.MaxValue);
    public long Upper = (long)(value >> 64);
}

/// <summary>duckdb_uhugeint.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct UInt128Parts(UInt128 value)
{
    public ulong Lower = (ulong)value;
    public ulong Upper = (ulong)(value >> 64);
}

/// <summary>duckdb_decimal.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeDecimal
{
    public byte Width;
    public byte Scale;
    public NativeHugeInt Value;
}

/// <summary>duckdb_list_entry.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeListEntry
{
    public ulong Offset;
    public ulong Length;
}

/// <summary>duckdb_string_t: a length, then 12 bytes of text, or 4 bytes of prefix and a pointer when it is longer.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
internal unsafe struct NativeString
{
    const int InlineLength = 12;

    [FieldOffset(0)]
    public uint Length;

    [FieldOffset(8)]
    public byte* Pointer;

    public static ReadOnlySpan<byte> Bytes(NativeString* text) =>
        text->Length <= InlineLength ? new ReadOnlySpan<byte>((byte*)text + sizeof(uint), (int)text->Length) : new ReadOnlySpan<byte>(text->Pointer, (int)text->Length);
}
