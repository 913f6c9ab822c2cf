using System.Globalization;
using Lakehouse.Engine.Native;

namespace Lakehouse.Engine;

/// <summary>A DuckDB database inside of this process. Its connections may be used by several threads, each by one at a time.</summary>
public sealed unsafe class DuckDbDatabase : IDisposable
{
    readonly DatabaseHandle handle;
    readonly DuckDbOptions options;

    DuckDbDatabase(DatabaseHandle handle, DuckDbOptions options)
    {
        this.handle = handle;
        this.options = options;
    }

    /// <summary>Version of DuckDB, for instance <c>v1.5.5</c>.</summary>
    public static string Version { get; } = NativeText.Borrowed(NativeMethods.duckdb_library_version()) ?? "";

    /// <summary>Opens a database; takes about 10 ms.</summary>
    /// <exception cref="EngineException">It cannot be opened, or an option is wrong.</exception>
    public static DuckDbDatabase Open(DuckDbOptions? options = null)
    {
        options ??= new DuckDbOptions();
        if (NativeMethods.duckdb_create_config(out var config) != 0)
        {
            throw EngineException.From("Out of Memory Error: no configuration could be made");
        }

        try
        {
            foreach (var (name, value) in Settings(options))
            {
                if (NativeMethods.duckdb_set_config(config, name, value) != 0)
                {
                    throw EngineException.From($"Invalid Input Error: DuckDB does not take {name} = {value}");
                }
            }

            if (NativeMethods.duckdb_open_ext(options.Path, out var handle, config, out var error) != 0)
            {
                handle.Dispose();
                throw EngineException.From(NativeText.Owned(error));
            }

            var database = new DuckDbDatabase(handle, options);
            database.Configure();
            return database;
        }
        finally
        {
            NativeMethods.duckdb_destroy_config(ref config);
        }
    }

    /// <summary>Opens a connection; cheap. Its time zone is UTC whatever the machine's.</summary>
    public DuckDbConnection Connect()
    {
        if (NativeMethods.duckdb_connect(handle, out var connection) != 0)
        {
            connection.Dispose();
            throw EngineException.From("FATAL Error: the database takes no connection");
        }

        connection.KeepOpen(handle);
        var opened = new DuckDbConnection(connection);
        if (options.TrackProgress)
        {
            opened.Execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false; SET progress_bar_time = 0;");
        }

        return opened;
    }

    /// <summary>Closes the database once its last connection is closed.</summary>
    public void Dispose() => handle.Dispose();

    static IEnumerable<(string Name, string Value)> Settings(DuckDbOptions options)
    {
        yield return ("autoinstall_known_extensions", "false");
        yield return ("autoload_known_extensions", "false");
        yield return ("temp_directory", options.TempFolder ?? "");
        yield return ("preserve_insertion_order", options.PreserveInsertionOrder ? "true" : "false");
        if (options.MemoryLimit is { } memory)
        {
            yield return ("memory_limit", $"{memory.ToString(CultureInfo.InvariantCulture)}B");
        }

        if (options.Threads is { } threads)
        {
            yield return ("threads", threads.ToString(CultureInfo.InvariantCulture));
        }
    }

    /// <summary>What can be set only once the database is open.</summary>
    void Configure()
    {
        var settings = "SET GLOBAL TimeZone = 'UTC';";
        // DuckDB does not keep to a limit of temporary space that it is opened with, only to one set later.
        if (options is { TempFolder: not null, MaxTempSize: { } size })
        {
            settings += $"SET GLOBAL max_temp_directory_size = '{size.ToString(CultureInfo.InvariantCulture)}B';";
        }

        try
        {
            using var connection = Connect();
            connection.Execute(settings);
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
