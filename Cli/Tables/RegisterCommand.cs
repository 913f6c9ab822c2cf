using System.CommandLine;
using System.Net.Http.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Safety;
using Lakehouse.Formats;

namespace LakeAspire.Cli.Tables;

/// <summary>A Delta table as it is registered.</summary>
internal sealed record DeltaRegistration(string Namespace, string Name, string Location, bool CreateNamespace = true);

/// <summary><c>lake register</c>.</summary>
internal static class RegisterCommand
{
    static readonly Argument<string> Table = new("name") { Description = "LAYER.TABLE under which it is read." };
    static readonly Argument<string> Location = new("location") { Description = "Folder of the Delta table: a path, file:///…, s3://… or az://…" };

    public static Command Create()
    {
        var command = new Command("register", "Registers a Delta table that others write. It is read in place, at its newest version, and never written.") { Table, Location, TableNames.Branch };
        TableNames.Require(command, Table);
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var (space, name) = TableNames.Parts(parsed.GetRequiredValue(Table));
        var registration = new DeltaRegistration(space, name, LocationOf(parsed.GetRequiredValue(Location)));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/delta-tables" + TableNames.Query(parsed.GetValue(TableNames.Branch)), UriKind.Relative)) { Content = JsonContent.Create(registration, CliJson.Default.DeltaRegistration) };
        var made = await client.SendAsync(Installation.Catalog, request, CliJson.Default.DeltaRegistration, cancellationToken);
        await Console.Out.WriteLineAsync($"{DottedName.Within(made.Namespace, made.Name)} is read from {made.Location}");
        return ExitCodes.Done;
    }

    /// <summary>A path of this machine becomes a location.</summary>
    static string LocationOf(string text) => text.Contains(":/", StringComparison.Ordinal) ? text : Lakehouse.Storage.LocalPath.ToLocation(text);
}
