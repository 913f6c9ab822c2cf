using System.CommandLine;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Safety;

internal sealed record RollbackWish(string? SnapshotId, long? Commit, DateTimeOffset? Time, bool DryRun);

/// <summary><c>lake rollback</c>.</summary>
internal static class RollbackCommand
{
    static readonly Argument<string> Table = new("table") { Description = "LAYER.TABLE." };
    static readonly Option<string> To = new("--to")
    {
        Description = "A snapshot's id; @COMMIT: the snapshot that the table had at that commit of the catalog; or a time (2026-11-21T10:00:00Z): the one that it had then.", Required = true,
    };
    static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be done; do nothing." };

    public static Command Create()
    {
        var command = new Command("rollback", "Sets a table back to a snapshot, by an ordinary commit. Columns and properties stay; so do the snapshots in between, until they expire.") { Table, To, DryRun, TableNames.Branch };
        TableNames.Require(command, Table);
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var table = parsed.GetRequiredValue(Table);
        var wish = WishOf(parsed.GetRequiredValue(To), parsed.GetValue(DryRun));
        using var request = new HttpRequestMessage(HttpMethod.Post, TableNames.Route(table, "rollback", parsed.GetValue(TableNames.Branch))) { Content = JsonContent.Create(wish, CliJson.Default.RollbackWish) };
        var done = await client.SendAsync(Installation.Catalog, request, CliJson.Default.JsonElement, cancellationToken);
        TextTable.Write(Consoles.Out, [new(""), new("Snapshot", true), new("At"), new("Operation"), new("Rows", true), new("Files", true)], [PointOf("before", done.GetProperty("from")), PointOf("after", done.GetProperty("to"))]);
        long? commit = done.TryGetProperty("commitId", out var id) && id.ValueKind == JsonValueKind.Number ? id.GetInt64() : null;
        await Console.Error.WriteLineAsync(commit is { } made ? $"{table} is rolled back, by commit {made}." : wish.DryRun ? "(dry run: nothing was done)" : $"{table} is there already.");
        if (done.GetProperty("schemaDiffers").GetBoolean())
        {
            await Console.Error.WriteLineAsync("Its columns have changed since: they stay as they are now.");
        }

        return ExitCodes.Done;
    }

    static RollbackWish WishOf(string text, bool dryRun) =>
        text.StartsWith('@') && long.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var commit) ? new(SnapshotId: null, commit, Time: null, dryRun)
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? new(text, Commit: null, Time: null, dryRun)
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? new(SnapshotId: null, Commit: null, time, dryRun)
        : throw new CliException(ExitCodes.Usage, $"--to is a snapshot's id, @COMMIT or a time, not '{text}'.");

    static string?[] PointOf(string which, JsonElement point) =>
    [
        which, Text(point, "snapshotId"), point.TryGetProperty("at", out var at) && at.ValueKind == JsonValueKind.String ? Texts.Time(at.GetDateTimeOffset()) : "", Text(point, "operation"),
        Number(point, "rows"), Number(point, "files"),
    ];

    static string Text(JsonElement point, string name) => point.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    static string Number(JsonElement point, string name) => point.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? Texts.Count(value.GetInt64()) : "";
}
