using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lakehouse.Engine.Native;

namespace Lakehouse.Engine.TableFunctions;

/// <summary>Makes a table source known to DuckDB as a table function without parameters: <c>SELECT … FROM name()</c>.</summary>
public static unsafe class TableFunction
{
    const int InlineColumns = 64;

    /// <summary>Registers a source under a name, for as long as the database of the connection is open. An exception of the source fails the query with its message.</summary>
    /// <exception cref="EngineException">There is such a function already.</exception>
    public static void Register(DuckDbConnection connection, string name, ITableSource source)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(source);
        var function = NativeMethods.duckdb_create_table_function();
        try
        {
            NativeMethods.duckdb_table_function_set_name(function, name);
            NativeMethods.duckdb_table_function_set_extra_info(function, ToHandle(source), &Free);
            NativeMethods.duckdb_table_function_set_bind(function, &Bind);
            NativeMethods.duckdb_table_function_set_init(function, &Init);
            NativeMethods.duckdb_table_function_set_local_init(function, &LocalInit);
            NativeMethods.duckdb_table_function_set_function(function, &Read);
            if (NativeMethods.duckdb_register_table_function(connection.Handle, function) != 0)
            {
                throw EngineException.From($"Catalog Error: the table function {name} cannot be registered");
            }
        }
        finally
        {
            NativeMethods.duckdb_destroy_table_function(ref function);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Bind(nint info)
    {
        try
        {
            var source = FromHandle<ITableSource>(NativeMethods.duckdb_bind_get_extra_info(info));
            foreach (var column in source.Columns)
            {
                using var type = ColumnTypes.Of(column.Type);
                NativeMethods.duckdb_bind_add_result_column(info, column.Name, type);
            }

            NativeMethods.duckdb_bind_set_cardinality(info, (ulong)source.EstimatedRows, isExact: 0);
            NativeMethods.duckdb_bind_set_bind_data(info, ToHandle(new BoundTable(source)), &FreeAndDispose);
        }
        catch (Exception e)
        {
            NativeMethods.duckdb_bind_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Init(nint info)
    {
        try
        {
            var table = FromHandle<BoundTable>(NativeMethods.duckdb_init_get_bind_data(info));
            table.Begin();
            NativeMethods.duckdb_init_set_max_threads(info, (ulong)table.Source.MaxThreads);
        }
        catch (Exception e)
        {
            NativeMethods.duckdb_init_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void LocalInit(nint info)
    {
        try
        {
            var table = FromHandle<BoundTable>(NativeMethods.duckdb_init_get_bind_data(info));
            NativeMethods.duckdb_init_set_init_data(info, ToHandle(new BoundReader(table.OpenReader(), table.Source.Columns.Count)), &FreeAndDispose);
        }
        catch (Exception e)
        {
            NativeMethods.duckdb_init_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Read(nint info, nint chunk)
    {
        try
        {
            var reader = FromHandle<BoundReader>(NativeMethods.duckdb_function_get_local_init_data(info));
            var columns = reader.ColumnCount <= InlineColumns ? stackalloc TableRows.Column[reader.ColumnCount] : new TableRows.Column[reader.ColumnCount];
            for (var i = 0; i < columns.Length; i++)
            {
                columns[i] = new TableRows.Column(NativeMethods.duckdb_data_chunk_get_vector(chunk, (ulong)i));
            }

            NativeMethods.duckdb_data_chunk_set_size(chunk, (ulong)reader.Rows.Read(new TableRows(columns)));
        }
        catch (Exception e)
        {
            NativeMethods.duckdb_function_set_error(info, e.Message);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void Free(nint handle) => GCHandle.FromIntPtr(handle).Free();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    static void FreeAndDispose(nint handle)
    {
        var owned = GCHandle.FromIntPtr(handle);
        try
        {
            (owned.Target as IDisposable)?.Dispose();
        }
        catch (Exception)
        {
            // Nothing may pass through DuckDB's frames. What a reader has to say it says when it is asked for rows.
        }
        finally
        {
            owned.Free();
        }
    }

    static nint ToHandle(object target) => GCHandle.ToIntPtr(GCHandle.Alloc(target));

    static T FromHandle<T>(nint handle)
        where T : class => (T)GCHandle.FromIntPtr(handle).Target!;

    /// <summary>A source in a bound statement.</summary>
    sealed class BoundTable(ITableSource source) : IDisposable
    {
        ITableScan? scan;

        public ITableSource Source => source;

        /// <summary>Each execution reads from the start.</summary>
        public void Begin()
        {
            scan?.Dispose();
            scan = source.Open();
        }

        public ITableReader OpenReader() => scan!.OpenReader();

        public void Dispose() => scan?.Dispose();
    }

    sealed class BoundReader(ITableReader rows, int columnCount) : IDisposable
    {
        public ITableReader Rows => rows;

        public int ColumnCount => columnCount;

        public void Dispose() => rows.Dispose();
    }
}
