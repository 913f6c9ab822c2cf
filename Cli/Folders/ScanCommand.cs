using System.CommandLine;
using LakeAspire.Cli.Terminal;
using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Cli.Folders;

/// <summary><c>lake scan</c>.</summary>
internal static class ScanCommand
{
    static readonly Option<string?> Columns = new("--columns") { Description = "Columns, with commas between; also _file, _pos, _row_id, _last_updated_sequence_number, and fields of structs as a.b. Default: all of the table's own." };
    static readonly Option<string?> Where = new("--where") { Description = "A filter in SQL, for instance \"day >= '2026-01-01' and city = 'Oslo'\"." };
    static readonly Option<long?> Limit = new("--limit") { Description = $"Rows at most. Default: {RowOutput.TableRows} on the terminal, else all." };
    static readonly Option<FileInfo?> Output = new("--output", "-o") { Description = "Write to a file: .parquet, .csv or .json (an object a line). It appears when it is whole." };

    public static Command Create()
    {
        var command = FolderOptions.Create("scan", "Reads a table of either format from its folder, without a catalog or a server.", Columns, Where, Limit, Output, FolderOptions.Json);
        FolderOptions.AddPoint(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(Output) is { } file && RowOutput.FormatOf(file.Extension) is null)
            {
                result.AddError("--output ends in .parquet, .csv or .json.");
            }

            if (result.GetValue(Limit) is < 0)
            {
                result.AddError("--limit is not negative.");
            }
        });
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        using var session = await FolderSession.OpenAsync(parsed, cancellationToken);
        var where = parsed.GetValue(Where) is { } text ? FilterText.ToDuckDb(text) : null;
        var columns = (parsed.GetValue(Columns) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var asked = MetadataColumns.All.Append("_row_commit_version").Where(name => columns.Contains(name) || where?.Contains(name, StringComparison.Ordinal) == true).ToArray();
        var scan = await session.Table.ScanAsync(session.Connection, new FolderScanRequest { At = FolderOptions.PointOf(parsed), Where = where, MetadataColumns = asked }, cancellationToken);
        var own = await RowOutput.ColumnsAsync(session.Connection, $"SELECT * FROM {scan.Sql} AS t", cancellationToken);
        var items = columns.Length > 0
            ? ColumnPath.Items(columns, [.. own.Select(known => known.Name)])
            : string.Join(", ", own.Where(column => !asked.Contains(column.Name)).Select(column => SqlText.Identifier("t", column.Name)));
        var select = $"SELECT {items} FROM {scan.Sql} AS t{(where is null ? "" : $" WHERE ({where}\n)")}";
        var facts = $"{Texts.Count(scan.Files)} of {Texts.Plural(scan.AllFiles, "data file")} opened";
        await RowOutput.WriteAsync(session.Connection, select, new RowOutputOptions(parsed.GetValue(Output), parsed.GetValue(FolderOptions.Json), parsed.GetValue(Limit), facts), cancellationToken);
        return ExitCodes.Done;
    }
}
