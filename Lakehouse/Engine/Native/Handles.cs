using System.Runtime.InteropServices;

namespace Lakehouse.Engine.Native;

/// <summary>A pointer of DuckDB's that is given back exactly once.</summary>
internal abstract class NativeHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;
}

internal sealed class DatabaseHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_close(ref handle);
        return true;
    }
}

/// <summary>Keeps its database open.</summary>
internal sealed class ConnectionHandle : NativeHandle
{
    DatabaseHandle? database;

    public void KeepOpen(DatabaseHandle opened)
    {
        var added = false;
        opened.DangerousAddRef(ref added);
        database = opened;
    }

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_disconnect(ref handle);
        database?.DangerousRelease();
        return true;
    }
}

internal sealed class ExtractedHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_extracted(ref handle);
        return true;
    }
}

internal sealed class StatementHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_prepare(ref handle);
        return true;
    }
}

internal sealed class PendingHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_pending(ref handle);
        return true;
    }
}

internal sealed class LogicalTypeHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_logical_type(ref handle);
        return true;
    }
}

internal sealed class ChunkHandle : NativeHandle
{
    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_data_chunk(ref handle);
        return true;
    }
}

/// <summary>A result, in memory that doesn't move.</summary>
internal sealed unsafe class ResultHandle : NativeHandle
{
    public ResultHandle() => SetHandle((nint)NativeMemory.AllocZeroed((nuint)sizeof(NativeResult)));

    public NativeResult* Pointer => (NativeResult*)handle;

    protected override bool ReleaseHandle()
    {
        NativeMethods.duckdb_destroy_result(Pointer);
        NativeMemory.Free(Pointer);
        return true;
    }
}
