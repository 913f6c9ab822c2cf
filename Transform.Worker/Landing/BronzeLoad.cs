using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;
using Lakehouse.Rules.Quarantine;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;
using Lakehouse.Tables;

namespace LakeAspire.Transform.Landing;

/// <summary>Loads files into the tables of one stream, within a transaction. Has a database in memory of its own, which goes with it.</summary>
internal sealed class BronzeLoad : IAsyncDisposable
{
    const string Author = "landing";
    readonly StreamDeclaration declaration;
    readonly LandingZone landing;
    readonly CachedFiles local;
    readonly TableTransaction transaction;
    readonly string scratch;
    readonly DuckDbDatabase database;
    readonly DuckDbConnection connection;
    LakeTable? bronze;
    LakeTable? quarantine;

    public BronzeLoad(StreamDeclaration declaration, LandingZone landing, CachedFiles local, TableTransaction transaction, LandingOptions options, string scratch)
    {
        this.declaration = declaration;
        this.landing = landing;
        this.local = local;
        this.transaction = transaction;
        this.scratch = scratch;
        Directory.CreateDirectory(scratch);

        // Without an order to keep, all threads write at once. Rows of a file stay near one another all the same.
        database = DuckDbDatabase.Open(new DuckDbOptions { MemoryLimit = options.MemoryLimit, TempFolder = scratch, PreserveInsertionOrder = false });
        connection = database.Connect();
    }

    /// <summary>Rows for the stream's table.</summary>
    public long Rows { get; private set; }

    /// <summary>Rows for its quarantine.</summary>
    public long Quarantined { get; private set; }

    public async Task AddAsync(IReadOnlyList<LandingManifest> files, CancellationToken cancellationToken)
    {
        bronze = await transaction.OpenOrCreateAsync(declaration.Table, declaration.Contract.ToSchema(), cancellationToken: cancellationToken);
        var present = new List<LandingManifest>();
        foreach (var file in files)
        {
            var data = await landing.Store.StatAsync(landing.DataLocation(file), cancellationToken);
            if (file.Format == LandingFormat.Malformed)
            {
                await QuarantineAsync(file, "the document is not JSON", cancellationToken, RuleNames.MalformedJson);
            }
            else if (data?.Size != file.Size)
            {
                await QuarantineAsync(file, $"its bytes are damaged: there are {data?.Size ?? 0}, and {file.Size} came", cancellationToken);
            }
            else
            {
                present.Add(file);
            }
        }

        // Remote files come to this machine all at once; local ones are there.
        await local.PathsAsync([.. present.Where(f => f.Size > 0).Select(landing.DataLocation)], cancellationToken);
        var lines = present.Where(f => f.Format == LandingFormat.Ndjson && f.Size > 0).ToList();
        if (lines.Count > 0)
        {
            await new LineLoad(declaration, connection, scratch, PathOf).RunAsync(lines, WriteAsync, cancellationToken);
        }

        foreach (var (number, file) in present.Where(f => f.Format is LandingFormat.Csv or LandingFormat.Parquet && f.Size > 0).Index())
        {
            await new ColumnLoad(declaration, connection, file, PathOf(file), number).RunAsync(WriteAsync, cancellationToken);
        }
    }

    /// <summary>Quarantines a file as a whole.</summary>
    public async Task QuarantineAsync(LandingManifest file, string reason, CancellationToken cancellationToken, string rule = RuleNames.UnreadableFile)
    {
        bronze ??= await transaction.OpenOrCreateAsync(declaration.Table, declaration.Contract.ToSchema(), cancellationToken: cancellationToken);
        await WriteAsync(isQuarantine: true, await WholeFile.SelectAsync(file, rule, reason, declaration.Contract.Version, landing, local, cancellationToken), cancellationToken);
    }

    public ValueTask DisposeAsync()
    {
        connection.Dispose();
        database.Dispose();
        return ValueTask.CompletedTask;
    }

    string PathOf(LandingManifest file) => local.PathOf(landing.DataLocation(file));

    /// <summary>Writes the rows of a query to the table or its quarantine.</summary>
    async Task WriteAsync(bool isQuarantine, string select, CancellationToken cancellationToken)
    {
        var table = isQuarantine
            ? quarantine ??= await transaction.OpenOrCreateAsync(declaration.Quarantine, QuarantineTable.Schema, cancellationToken: cancellationToken)
            : bronze!;
        var files = await ParquetTableWriter.WriteAsync(connection, select, transaction.WriteTarget(table), cancellationToken: cancellationToken);
        if (files.Count > 0)
        {
            transaction.Append(table, files, new Dictionary<string, string>(StringComparer.Ordinal) { ["lakeaspire.writer"] = Author });
        }

        var rows = files.Sum(f => f.RecordCount);
        Rows += isQuarantine ? 0 : rows;
        Quarantined += isQuarantine ? rows : 0;
    }
}

/// <summary>Writes the rows of a query to the stream's table, or to its quarantine.</summary>
internal delegate Task WriteRows(bool isQuarantine, string select, CancellationToken cancellationToken);
