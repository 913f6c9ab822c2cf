using System.Runtime.InteropServices;

namespace Lakehouse.Engine.Native;

/// <summary>Texts that DuckDB hands out.</summary>
internal static unsafe class NativeText
{
    /// <summary>A text that DuckDB keeps.</summary>
    public static string? Borrowed(byte* text) => Marshal.PtrToStringUTF8((nint)text);

    /// <summary>A text that is ours to give back.</summary>
    public static string Owned(byte* text)
    {
        try
        {
            return Borrowed(text) ?? "";
        }
        finally
        {
            NativeMethods.duckdb_free(text);
        }
    }
}
