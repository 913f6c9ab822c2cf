using System.Globalization;
using System.Text.Json;
using Lakehouse.Engine;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Parsing;

/// <summary>
/// Reads foreign SQL with DuckDB's own parser, in a small DuckDB of this service that has no tables and runs nothing of it: one SELECT, and nothing but tables of the lake and functions that compute.
/// </summary>
internal sealed partial class SqlParser(TrustedEngine engine, IOptions<QueryOptions> options) : IDisposable
{
    readonly SemaphoreSlim loading = new(1);
    AllowedFunctions? functions;

    /// <exception cref="ServiceDefaults.Errors.ApiException">It is not allowed, and why.</exception>
    public async Task<ParsedQuery> ParseAsync(string sql, CancellationToken cancellationToken)
    {
        CheckText(sql);
        var isExplain = Explain().Match(sql) is { Success: true };
        sql = isExplain ? Explain().Replace(sql, "") : sql;
        using var connection = engine.Connect();
        var allowed = await FunctionsAsync(connection, cancellationToken);
        var text = await connection.ScalarAsync<string>("SELECT json_serialize_sql($1::VARCHAR)", [sql], cancellationToken) ?? "{}";
        using var tree = Tree(text);
        var root = tree.RootElement;
        if (root.GetProperty("error").GetBoolean())
        {
            throw Error(root, sql);
        }

        var statements = root.GetProperty("statements");
        if (statements.GetArrayLength() != 1)
        {
            throw statements.GetArrayLength() == 0 ? SqlErrors.Syntax("There is no statement.") : SqlErrors.NotAllowed("One statement at a time, please: a single SELECT.");
        }

        return new ParsedQuery(sql, new StatementInspector(allowed).Inspect(statements[0]), isExplain);
    }

    public void Dispose() => loading.Dispose();

    void CheckText(string sql)
    {
        var max = options.Value.MaxTextLength;
        if (sql.Length > max)
        {
            throw SqlErrors.Limit($"The SQL text has {sql.Length.ToString(CultureInfo.InvariantCulture)} characters; {max.ToString(CultureInfo.InvariantCulture)} are the limit.");
        }

        if (sql.Contains('\0'))
        {
            throw SqlErrors.Syntax("The SQL text holds a NUL character.");
        }

        if (string.IsNullOrWhiteSpace(sql))
        {
            throw SqlErrors.Syntax("There is no statement.");
        }
    }

    async Task<AllowedFunctions> FunctionsAsync(DuckDbConnection connection, CancellationToken cancellationToken)
    {
        if (functions is null)
        {
            await loading.WaitAsync(cancellationToken);
            try
            {
                functions ??= await AllowedFunctions.LoadAsync(connection, cancellationToken);
            }
            finally
            {
                loading.Release();
            }
        }

        return functions;
    }

    /// <summary>DuckDB itself takes expressions a thousand levels deep, two of JSON for each.</summary>
    static JsonDocument Tree(string text)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 2500 });
        }
        catch (JsonException)
        {
            throw SqlErrors.Limit("The query is nested too deeply; a list (x IN (…)) takes the place of a long chain of ORs.");
        }
    }

    static Exception Error(JsonElement root, string sql)
    {
        var message = root.GetProperty("error_message").GetString() ?? "";
        if (root.GetProperty("error_type").GetString() == "not implemented")
        {
            return SqlErrors.NotAllowed("Only a SELECT is allowed here.");
        }

        return SqlErrors.Syntax(root.TryGetProperty("position", out var at) && int.TryParse(at.GetString(), CultureInfo.InvariantCulture, out var position) ? $"{message} ({Place(sql, position)})" : message);
    }

    /// <summary>The one word before a SELECT that is ours to understand. EXPLAIN ANALYZE, which runs the query, is no SELECT and refused as such.</summary>
    [System.Text.RegularExpressions.GeneratedRegex(@"^\s*EXPLAIN\s+(?=SELECT\b|WITH\b|FROM\b|\()", System.Text.RegularExpressions.RegexOptions.IgnoreCase | System.Text.RegularExpressions.RegexOptions.CultureInvariant, 1000)]
    private static partial System.Text.RegularExpressions.Regex Explain();

    /// <summary>Line and column of a byte of the text.</summary>
    static string Place(string sql, int position)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(sql);
        var before = System.Text.Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Clamp(position, 0, bytes.Length)));
        var line = before.Count(c => c == '\n') + 1;
        var column = before.Length - before.LastIndexOf('\n');
        return string.Create(CultureInfo.InvariantCulture, $"line {line}, column {column}");
    }
}
