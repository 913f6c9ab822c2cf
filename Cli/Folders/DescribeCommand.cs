using System.CommandLine;
using System.Text.Json;
using LakeAspire.Cli.Terminal;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Cli.Folders;

/// <summary><c>lake describe</c>.</summary>
internal static class DescribeCommand
{
    public static Command Create()
    {
        var command = FolderOptions.Create("describe", "Says what a table is: columns, partitioning, properties, features, files, sizes.", FolderOptions.Json);
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var session = await FolderSession.OpenAsync(parsed, cancellationToken);
        var table = await session.Table.DescribeAsync(cancellationToken);
        if (parsed.GetValue(FolderOptions.Json))
        {
            await Console.Out.WriteLineAsync(JsonSerializer.Serialize(table, FolderJson.Default.TableDescription));
            return ExitCodes.Done;
        }

        var rows = new List<string?[]>
        {
            new[] { "Format", table.Format },
            new[] { "Location", table.Location },
            new[] { "Id", table.Id },
            new[] { session.Table.Format == TableFormat.Iceberg ? "Snapshot" : "Version", table.Current?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none yet" },
            new[] { "Last commit", Texts.Time(table.LastCommit) },
            new[] { "Commits", Texts.Count(table.Snapshots) },
            new[] { "Rows", table.Rows is { } count ? Texts.Count(count) : "not known without a scan" },
            new[] { "Data files", $"{Texts.Count(table.DataFiles)}, {Texts.Bytes(table.DataBytes)}" },
            new[] { "Delete files", Texts.Count(table.DeleteFiles) },
        };
        Add(rows, "Partitioned by", table.Partitioning);
        Add(rows, "Sorted by", table.Sorting);
        Add(rows, "Features", table.Features);
        Add(rows, "Branches, tags", table.Refs);
        Add(rows, "Properties", [.. table.Properties.OrderBy(property => property.Key, StringComparer.Ordinal).Select(property => $"{property.Key} = {property.Value}")]);
        foreach (var row in rows)
        {
            // Not a table: what is said here is not cut.
            await Console.Out.WriteLineAsync($"{row[0],-14}  {Texts.Harmless(row[1] ?? "")}");
        }

        await Console.Out.WriteLineAsync();
        TextTable.Write(Consoles.Out, [new("Column"), new("Type"), new("Required"), new("Id", true), new("Comment")],
            [.. table.Columns.Select(column => new[] { column.Name, column.Type, column.Required ? "yes" : "", column.Id?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "", column.Comment ?? "" })]);
        return ExitCodes.Done;
    }

    static void Add(List<string?[]> rows, string name, IReadOnlyList<string> values)
    {
        for (var i = 0; i < values.Count; i++)
        {
            rows.Add([i == 0 ? name : "", values[i]]);
        }
    }
}
