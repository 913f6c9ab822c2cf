using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Folders;

/// <summary><c>lake history</c>.</summary>
internal static class HistoryCommand
{
    // What people look for first, in Iceberg's and in Delta's words.
    static readonly (string Name, string[] Added, string[] Removed)[] Counts =
    [
        ("rows", ["added-records", "numOutputRows"], ["deleted-records", "numDeletedRows"]),
        ("files", ["added-data-files", "numAddedFiles", "numFiles"], ["deleted-data-files", "numRemovedFiles"]),
        ("position deletes", ["added-position-deletes"], ["removed-position-deletes"]),
        ("equality deletes", ["added-equality-deletes"], ["removed-equality-deletes"]),
        ("vectors", ["added-dvs", "numDeletionVectorsAdded"], ["removed-dvs", "numDeletionVectorsRemoved"]),
    ];

    public static Command Create()
    {
        var command = FolderOptions.Create("history", "Lists the commits of a table, newest first.", FolderOptions.Json);
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var session = await FolderSession.OpenAsync(parsed, cancellationToken);
        var commits = await session.Table.HistoryAsync(cancellationToken);
        if (parsed.GetValue(FolderOptions.Json))
        {
            foreach (var commit in commits)
            {
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(commit, FolderJson.Default.TableCommitEntry));
            }

            return ExitCodes.Done;
        }

        TextTable.Write(Consoles.Out, [new("Commit", true), new("At"), new("Operation"), new("Current"), new("Branches, tags"), new("What changed")],
            [.. commits.Select(commit => new[]
            {
                commit.Id.ToString(CultureInfo.InvariantCulture), Texts.Time(commit.At), commit.Operation, commit.IsCurrent ? "yes" : "", string.Join(", ", commit.Refs),
                Changed(commit.Summary),
            })]);
        return ExitCodes.Done;
    }

    static string Changed(IReadOnlyDictionary<string, string> summary) => string.Join(", ", Counts
        .Select(count => (count.Name, Text: $"{Signed("+", Find(summary, count.Added))} {Signed("−", Find(summary, count.Removed))}".Trim()))
        .Where(count => count.Text.Length > 0)
        .Select(count => $"{count.Text} {count.Name}"));

    static string Signed(string sign, string? number) => number is null or "0" ? "" : sign + number;

    static string? Find(IReadOnlyDictionary<string, string> summary, string[] keys) => keys.Select(summary.GetValueOrDefault).FirstOrDefault(found => found is not null);
}
