using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.Branches;

/// <summary><c>lake diff A B</c>: two states of the lake.</summary>
internal static class LakeDiff
{
    public static Task<int> RunAsync(LakeClient client, string from, string to, bool json, CancellationToken cancellationToken) => BranchOutput.RunAsync(client, async catalog =>
    {
        var diff = await catalog.DiffAsync(from, to, cancellationToken);
        if (json)
        {
            await BranchOutput.JsonAsync(diff);
            return ExitCodes.Done;
        }

        if (diff.Changes.Count == 0)
        {
            await Console.Error.WriteLineAsync($"({from} and {to} have the same tables)");
            return ExitCodes.Done;
        }

        TextTable.Write(Consoles.Out, [new("What"), new("Name"), new("Change"), new("Rows", true), new("Files", true), new("Size", true), new("Commit", true)], [.. diff.Changes.Select(change => new string?[]
        {
            change.Kind,
            BranchOutput.Name(change.Namespace, change.Name),
            change.RenamedFrom is null ? change.Change : $"renamed from {change.RenamedFrom}",
            BranchOutput.Change(change.RowsBefore, change.RowsAfter, Texts.Count),
            BranchOutput.Change(change.FilesBefore, change.FilesAfter, Texts.Count),
            BranchOutput.Change(change.BytesBefore, change.BytesAfter, Texts.Bytes),
            BranchOutput.Id(change.Commit),
        })]);
        return ExitCodes.Done;
    });
}
