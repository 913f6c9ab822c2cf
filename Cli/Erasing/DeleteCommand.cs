using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Safety;
using LakeAspire.Cli.Terminal;
using Lakehouse.Engine;
using Lakehouse.Storage;
using Lakehouse.Storage.Local;
using Lakehouse.Tables;

namespace LakeAspire.Cli.Erasing;

/// <summary><c>lake delete</c>.</summary>
internal static class DeleteCommand
{
    static readonly Argument<string> Table = new("table") { Description = "LAYER.TABLE." };
    static readonly Option<string> Where = new("--where") { Description = "SQL over the table's columns: the rows to erase.", Required = true };
    static readonly Option<bool> Purge = new("--purge") { Description = "Expire the snapshots that still hold the rows, and delete their files. They cannot be read any more then." };
    static readonly Option<bool> Json = new("--json") { Description = "An object with what was done and what remains." };

    public static Command Create()
    {
        var command = new Command("delete", "Erases rows of a table, and names every snapshot that still holds them.") { Table, Where, Purge, TableNames.Branch, Json };
        command.Validators.Add(result =>
        {
            if (result.GetValue(Table) is { } table && !table.Contains('.', StringComparison.Ordinal))
            {
                result.AddError($"'{table}' is no LAYER.TABLE.");
            }
        });
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var table = TableIdentifier.Parse(parsed.GetValue(Table)!);
        using var http = client.OpenCatalog();
        var catalog = new CatalogClient(http, parsed.GetValue(TableNames.Branch));
        var location = (await catalog.LoadTableAsync(table, cancellationToken)).Metadata.Location;
        var lake = new Lake(catalog, ObjectStores.IsRemote(location) ? ObjectStores.Open(ObjectStores.RootOf(location)) : new LocalObjectStore(location));
        var scratch = Directory.CreateTempSubdirectory("lake-");
        try
        {
            using var database = DuckDbDatabase.Open(new DuckDbOptions { TempFolder = scratch.FullName });
            using var connection = database.Connect();
            await connection.ExecuteAsync("SET TimeZone = 'UTC'", cancellationToken: cancellationToken);
            var report = await Erasure.RunAsync(lake, connection, table, parsed.GetValue(Where)!, "lake delete", parsed.GetValue(Purge), cancellationToken);
            await WriteAsync(report, table, parsed.GetValue(Json));
            return ExitCodes.Done;
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    static async Task WriteAsync(ErasureReport report, TableIdentifier table, bool json)
    {
        if (json)
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(report, ErasureJson.Default.ErasureReport));
            return;
        }

        await Console.Error.WriteLineAsync($"{Texts.Plural(report.Deleted, "row")} of {table} deleted.");
        if (report.Purged.Count > 0)
        {
            await Console.Error.WriteLineAsync($"{Texts.Count(report.Purged.Count)} snapshots that held them are expired{(report.NotDeleted.Count == 0 ? ", and their files deleted" : $"; {Texts.Count(report.NotDeleted.Count)} files could not be deleted, which upkeep will do")}.");
        }

        if (report.Remaining.Count == 0)
        {
            await Console.Error.WriteLineAsync("No snapshot holds them any more.");
            return;
        }

        var advice = report.Remaining.Count > report.Purged.Count && report.Purged.Count == 0 ? "--purge expires those that no branch or tag is at." : "A branch or tag, of the table or of the lake, is at each: remove it, and purge again.";
        await Console.Error.WriteLineAsync($"These snapshots still hold them. {advice}");
        TextTable.Write(Consoles.Out, [new("Snapshot", true), new("At"), new("Branches, tags")],
            [.. report.Remaining.Select(snapshot => new[] { snapshot.SnapshotId.ToString(CultureInfo.InvariantCulture), Texts.Time(snapshot.Time), string.Join(", ", snapshot.Refs) })]);
    }
}

/// <summary>What <c>--json</c> writes.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ErasureReport))]
internal sealed partial class ErasureJson : JsonSerializerContext;
