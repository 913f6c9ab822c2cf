using System.CommandLine;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;

namespace LakeAspire.Cli.Sql;

/// <summary><c>lake sql</c>.</summary>
internal static class SqlCommand
{
    const int DefaultTableRows = 1000;

    static readonly Argument<string?> Statement = new("statement") { Description = "One SELECT; tables are layer.table. Without it, or as -, it is read from standard input.", Arity = ArgumentArity.ZeroOrOne };
    static readonly Option<FileInfo?> File = new("--file", "-f") { Description = "Read the statement from a file." };
    static readonly Option<bool> Json = new("--json") { Description = "An object per line (NDJSON)." };
    static readonly Option<bool> Csv = new("--csv") { Description = "CSV with a header." };
    static readonly Option<FileInfo?> Output = new("--output", "-o") { Description = "Write to a file: .csv, .json (an object per line) or .parquet. It appears when it is whole." };
    static readonly Option<long?> MaxRows = new("--max-rows") { Description = $"Rows at most. Default: {DefaultTableRows} as a table, else the query service's own limit." };
    static readonly Option<int?> TimeoutSeconds = new("--timeout") { Description = "Seconds that the query may take. Default: the query service's own limit." };

    static readonly Option<string?> Branch = new("--branch", "-b") { Description = "Branch or tag to read. Default: main. In SQL: FROM gold.t AT (BRANCH => 'dev')." };
    static readonly Option<string?> AsOf = new("--as-of") { Description = "Commit or time, such as 123 or 2026-11-21T10:00Z, as of which the lake is read. In SQL: AT (VERSION => 123), AT (TIMESTAMP => '…')." };
    static readonly Option<bool> Explain = new("--explain") { Description = "What the query would read, and not its rows: tables, snapshots, files, filters, views." };

    public static Command Create()
    {
        var command = new Command("sql", "Runs a query.") { Statement, File, Json, Csv, Output, MaxRows, TimeoutSeconds, Branch, AsOf, Explain };
        command.Validators.Add(result =>
        {
            if (new[] { result.GetValue(Json), result.GetValue(Csv), result.GetValue(Output) is not null }.Count(chosen => chosen) > 1)
            {
                result.AddError("--json, --csv and --output exclude one another.");
            }

            if (result.GetValue(Explain) && (result.GetValue(Csv) || result.GetValue(Output) is not null))
            {
                result.AddError("--explain goes alone, or with --json.");
            }

            if (result.GetValue(Output) is { } file && FormatOf(file.Extension) is null)
            {
                result.AddError("--output ends in .csv, .json, .ndjson or .parquet.");
            }

            if (result.GetValue(MaxRows) is < 1 || result.GetValue(TimeoutSeconds) is < 1)
            {
                result.AddError("--max-rows and --timeout are at least 1.");
            }
        });
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var sql = await StatementAsync(parsed, cancellationToken);
        var output = parsed.GetValue(Output);
        var format = output is not null ? FormatOf(output.Extension)! : parsed.GetValue(Json) ? "application/x-ndjson" : parsed.GetValue(Csv) ? "text/csv" : "application/json";
        var asTable = format == "application/json";
        var explain = parsed.GetValue(Explain);
        if (explain)
        {
            (format, asTable) = (parsed.GetValue(Json) ? "application/json" : "text/plain", false);
        }

        using var request = Request(sql, format, parsed.GetValue(MaxRows) ?? (asTable ? DefaultTableRows : null), parsed.GetValue(TimeoutSeconds));
        request.RequestUri = new Uri("sql" + Query(("branch", parsed.GetValue(Branch)), ("asOf", parsed.GetValue(AsOf)), ("explain", explain ? "true" : null)), UriKind.Relative);
        using var response = await client.SendAsync(Installation.Query, request, cancellationToken);
        await (asTable ? SqlTable.WriteAsync(response, cancellationToken) : SqlStream.CopyAsync(response, output, cancellationToken));
        return ExitCodes.Done;
    }

    static async Task<string> StatementAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var statement = parsed.GetValue(Statement);
        var file = parsed.GetValue(File);
        if (file is not null && statement is not null)
        {
            throw new CliException(ExitCodes.Usage, "Give the statement or --file, not both.");
        }

        if (file is not null)
        {
            return file.Exists ? await System.IO.File.ReadAllTextAsync(file.FullName, cancellationToken) : throw new CliException(ExitCodes.Usage, $"There is no file {file}.");
        }

        if (statement is not null and not "-")
        {
            return statement;
        }

        if (statement is null && !Console.IsInputRedirected)
        {
            throw new CliException(ExitCodes.Usage, "What should be run? For instance: lake sql \"select * from gold.customer_360 limit 10\"");
        }

        return await Console.In.ReadToEndAsync(cancellationToken);
    }

    static HttpRequestMessage Request(string sql, string format, long? maxRows, int? timeoutSeconds)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri("sql", UriKind.Relative)) { Content = new StringContent(sql, Encoding.UTF8, "text/plain") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(format));
        if (maxRows is { } rows)
        {
            request.Headers.Add("Lake-Max-Rows", rows.ToString(CultureInfo.InvariantCulture));
        }

        if (timeoutSeconds is { } seconds)
        {
            request.Headers.Add("Lake-Timeout-Seconds", seconds.ToString(CultureInfo.InvariantCulture));
        }

        return request;
    }

    static string Query(params IEnumerable<(string Name, string? Value)> parameters)
    {
        var given = parameters.Where(parameter => !string.IsNullOrEmpty(parameter.Value)).Select(parameter => $"{parameter.Name}={Uri.EscapeDataString(parameter.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }

    static string? FormatOf(string extension) => extension.ToLowerInvariant() switch
    {
        ".csv" => "text/csv",
        ".json" or ".ndjson" or ".jsonl" => "application/x-ndjson",
        ".parquet" => "application/vnd.apache.parquet",
        _ => null,
    };
}
