using System.CommandLine;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Lakehouse.Storage.Caching;
using Lakehouse.Storage.Local;
using Lakehouse.Tables;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Cli.Folders;

/// <summary>A table opened from its folder, with an engine to read it.</summary>
internal sealed class FolderSession : IDisposable
{
    readonly ILocalFiles files;
    readonly DuckDbDatabase database;
    readonly DirectoryInfo scratch;

    FolderSession(FolderTable table, ILocalFiles files, DuckDbDatabase database, DuckDbConnection connection, DirectoryInfo scratch)
    {
        Table = table;
        this.files = files;
        this.database = database;
        Connection = connection;
        this.scratch = scratch;
    }

    public FolderTable Table { get; }

    public DuckDbConnection Connection { get; }

    public static async Task<FolderSession> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var location = LocationOf(parsed.GetValue(FolderOptions.Path)!);
        var scratch = Directory.CreateTempSubdirectory("lake-");
        var database = DuckDbDatabase.Open(new DuckDbOptions { TempFolder = scratch.FullName });
        var connection = database.Connect();
        try
        {
            await connection.ExecuteAsync("SET TimeZone = 'UTC'", cancellationToken: cancellationToken);
            var (store, files) = Store(location);
            var source = new FolderSource(store, location) { Files = files, Format = parsed.GetValue(FolderOptions.Format), Relocations = FolderOptions.RelocationsOf(parsed) };
            return new FolderSession(await FolderTable.OpenAsync(source, cancellationToken), files, database, connection, scratch);
        }
        catch
        {
            connection.Dispose();
            database.Dispose();
            scratch.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>A path of this machine, or a location, as a location.</summary>
    public static string LocationOf(string path) => path.Contains("://", StringComparison.Ordinal) || path.StartsWith("file:", StringComparison.OrdinalIgnoreCase) ? path.TrimEnd('/') : LocalPath.ToLocation(Path.GetFullPath(path)).TrimEnd('/');

    public void Dispose()
    {
        Connection.Dispose();
        database.Dispose();
        (files as IDisposable)?.Dispose();
        scratch.Delete(recursive: true);
    }

    // A table may refer to files anywhere in its store: the store is opened at its root.
    static (IObjectStore Store, ILocalFiles Files) Store(string location)
    {
        if (LocalPath.IsLocal(location))
        {
            return (LocalObjectStore.ReadOnly(), new LocalFiles(LocalPath.FromLocation));
        }

        if (!ObjectStores.IsRemote(location))
        {
            throw new CliException(ExitCodes.Usage, location);
        }

        var store = ObjectStores.Open(ObjectStores.RootOf(location));
        return (store, new CachedFiles(store, FileCache.Of(new StorageOptions())));
    }
}
