using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace LakeAspire.Testing;

/// <summary>ClickHouse in this process (chdb), as a referee that shares no code with us.</summary>
public sealed partial class ClickHouse : IDisposable
{
    readonly TempFolder folder = new();
    readonly nint connection;

    /// <summary>Opens an instance that may read files below <paramref name="files"/>.</summary>
    public ClickHouse(string files)
    {
        var path = LibraryPath ?? "";
        Needs.Require(File.Exists(path), "chdb (LAKEASPIRE_CHDB names libchdb.so)");
        var config = folder.Below("config.xml");
        File.WriteAllText(config, $"<clickhouse><user_files_path>{files}/</user_files_path></clickhouse>");
        // icebergLocal goes by the working folder, whatever the configuration says.
        Environment.CurrentDirectory = Path.GetPathRoot(files)!;
        string[] arguments = ["clickhouse", $"--path={folder.Below("data")}", $"--config-file={config}"];
        connection = chdb_connect(arguments.Length, arguments);
        if (connection == 0)
        {
            throw new InvalidOperationException("chdb did not open");
        }
    }

    static string? LibraryPath => Environment.GetEnvironmentVariable("LAKEASPIRE_CHDB");

    static ClickHouse() => NativeLibrary.SetDllImportResolver(
        typeof(ClickHouse).Assembly, (name, _, _) => name == "chdb" && LibraryPath is { } path ? NativeLibrary.Load(path) : 0);

    /// <summary>Runs one statement; its rows as JSON objects.</summary>
    public IReadOnlyList<JsonElement> Query(string sql)
    {
        var text = Encoding.UTF8.GetBytes(sql);
        var format = "JSONEachRow"u8.ToArray();
        var result = chdb_query_n(Marshal.ReadIntPtr(connection), text, (nuint)text.Length, format, (nuint)format.Length);
        try
        {
            if (Marshal.PtrToStringUTF8(chdb_result_error(result)) is { Length: > 0 } error)
            {
                throw new InvalidOperationException($"{sql}: {error}");
            }

            var buffer = chdb_result_buffer(result);
            var lines = buffer == 0 ? "" : Marshal.PtrToStringUTF8(buffer, (int)chdb_result_length(result));
            return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];
        }
        finally
        {
            chdb_destroy_query_result(result);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        chdb_close_conn(connection);
        folder.Dispose();
    }

    [LibraryImport("chdb", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint chdb_connect(int count, string[] arguments);

    [LibraryImport("chdb")]
    private static partial void chdb_close_conn(nint connection);

    [LibraryImport("chdb")]
    private static partial nint chdb_query_n(nint connection, byte[] sql, nuint length, byte[] format, nuint formatLength);

    [LibraryImport("chdb")]
    private static partial nint chdb_result_buffer(nint result);

    [LibraryImport("chdb")]
    private static partial nuint chdb_result_length(nint result);

    [LibraryImport("chdb")]
    private static partial nint chdb_result_error(nint result);

    [LibraryImport("chdb")]
    private static partial void chdb_destroy_query_result(nint result);
}
