using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;
using Lakehouse.Rules.Quarantine;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;

namespace LakeAspire.Transform.Landing;

/// <summary>Loads a file with columns of its own: Parquet, or CSV with a header.</summary>
/// <param name="declaration">The stream.</param>
/// <param name="connection">Connection to work on.</param>
/// <param name="file">The file.</param>
/// <param name="path">Its local path.</param>
/// <param name="number">Tells its tables from those of other files on the connection.</param>
internal sealed class ColumnLoad(StreamDeclaration declaration, DuckDbConnection connection, LandingManifest file, string path, int number)
{
    /// <summary>The reader takes sixteen times that as a buffer.</summary>
    const int MaxCsvLine = 4 << 20;

    const string RowNumber = "file_row_number";
    readonly StreamContract contract = declaration.Contract;

    public Task RunAsync(WriteRows write, CancellationToken cancellationToken) =>
        file.Format == LandingFormat.Csv ? LoadCsvAsync(write, cancellationToken) : LoadParquetAsync(write, cancellationToken);

    /// <summary>Read twice: once for the rows to keep, once for the others. Both are cheap beside writing.</summary>
    async Task LoadParquetAsync(WriteRows write, CancellationToken cancellationToken)
    {
        var source = $"read_parquet({SqlText.Literal(path)})";
        var columns = await ColumnsAsync($"SELECT * FROM {source}", cancellationToken);
        var position = columns.Any(c => c.Name.Equals(RowNumber, StringComparison.OrdinalIgnoreCase)) ? "row_number() OVER ()" : $"{RowNumber} + 1";
        var events = await EventsAsync(source, columns, Rows(source, columns, position), cancellationToken);
        var judged = ContractSql.Judge(contract, events);
        await write(isQuarantine: false, ContractSql.Kept(contract, judged), cancellationToken);
        await write(isQuarantine: true, ContractSql.Quarantined(contract, judged), cancellationToken);
    }

    /// <summary>
    /// Quotes as RFC 4180 has them, whatever separates the fields. The reader must not skip what it takes for a preamble or a comment. Rows that don't fit the header are noted by it, with
    /// their line; the lines of the others follow from their order.
    /// </summary>
    async Task LoadCsvAsync(WriteRows write, CancellationToken cancellationToken)
    {
        var (table, rejects) = ($"landing_csv_{number}", $"landing_rejects_{number}");
        string Source(string options) =>
            $"read_csv({SqlText.Literal(path)}, header = true, all_varchar = true, quote = '\"', escape = '\"', skip = 0, comment = '', max_line_size = {MaxCsvLine}, {options})";
        var source = Source("ignore_errors = true");
        var columns = await ColumnsAsync($"SELECT * FROM {source}", cancellationToken);
        var rows = Rows(Source($"store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{rejects}_scan'"), columns, "row_number() OVER ()");
        await connection.ExecuteAsync(
            $"SET preserve_insertion_order = true; CREATE TEMP TABLE {table} AS {rows}; SET preserve_insertion_order = false; CREATE TEMP TABLE {rejects}_lines AS {RejectedLines(rejects)}",
            cancellationToken: cancellationToken);

        // Row n stands behind the k-th rejected line if more rows came before it than lines precede that one.
        await connection.ExecuteAsync(
            $"UPDATE {table} SET {EventRelation.Position} = 1 + {EventRelation.Position} + (SELECT count(*) FROM {rejects}_lines AS r WHERE {table}.{EventRelation.Position} > r.line - 1 - r.ordinal)",
            cancellationToken: cancellationToken);
        var judged = ContractSql.Judge(contract, await EventsAsync(source, columns, $"SELECT * FROM {table}", cancellationToken));
        await write(isQuarantine: false, ContractSql.Kept(contract, judged), cancellationToken);
        await write(isQuarantine: true, ContractSql.Quarantined(contract, judged), cancellationToken);
        await write(isQuarantine: true, Rejected(rejects), cancellationToken);
        await connection.ExecuteAsync($"DROP TABLE {table}", cancellationToken: cancellationToken);
    }

    static string RejectedLines(string rejects) =>
        $"SELECT line, any_value(csv_line) AS csv_line, first(error_message ORDER BY column_idx) AS error_message, row_number() OVER (ORDER BY line) AS ordinal FROM {rejects} GROUP BY line";

    string Rejected(string rejects) => QuarantineTable.Select(
        new QuarantineRow
        {
            Scope = SqlText.Literal(file.Id),
            Rule = SqlText.Literal(RuleNames.MalformedCsv),
            Reason = "error_message",
            Raw = "encode(trim(csv_line, chr(13) || chr(10)))",
            Source = SqlText.Literal(file.Source),
            Position = "line",
            SchemaVersion = contract.Version,
            IngestedAt = FileList.Timestamp(file.ReceivedAt),
        },
        $"{rejects}_lines");

    /// <summary>Each row as one value, apart from our own columns, whose names it may use.</summary>
    static string Rows(string source, IReadOnlyList<ResultColumn> columns, string position)
    {
        var row = string.Join(", ", columns.Select(c => $"{SqlText.Identifier(c.Name)} := {SqlText.Identifier(c.Name)}"));
        return $"SELECT struct_pack({row}) AS _lake_row, CAST({position} AS BIGINT) AS {EventRelation.Position} FROM {source}";
    }

    /// <summary>The rows as events.</summary>
    async Task<ColumnEvents> EventsAsync(string source, IReadOnlyList<ResultColumn> columns, string rows, CancellationToken cancellationToken)
    {
        var sql = $"""
            SELECT _lake_row, CAST(to_json(_lake_row) AS VARCHAR) AS {EventRelation.Raw}, {EventRelation.Position}, {SqlText.Literal(file.Source)} AS {EventRelation.Source},
              {SqlText.Literal(file.Id)} AS {EventRelation.Scope}, {FileList.Timestamp(file.ReceivedAt)} AS {EventRelation.IngestedAt}
            FROM ({rows})
            """;
        var found = contract.Columns.Select(c => c.Origin).OfType<FieldOrigin>().Distinct()
            .Select(origin => (Origin: origin, Names: Resolve(origin, columns))).Where(f => f.Names is not null).ToList();
        var fields = new Dictionary<FieldOrigin, (string Expression, string SqlType)>();
        if (found.Count > 0)
        {
            // Read by the names of the file, for their types; then as parts of the row.
            var types = await ColumnsAsync($"SELECT {string.Join(", ", found.Select(f => SqlText.Identifier([.. f.Names!])))} FROM {source}", cancellationToken);
            for (var i = 0; i < found.Count; i++)
            {
                fields[found[i].Origin] = ($"_lake_row.{SqlText.Identifier([.. found[i].Names!])}", types[i].DuckDbType);
            }
        }

        return new ColumnEvents(sql, fields);
    }

    /// <summary>A column of that name, dots and all, or a field within the column that the path begins with.</summary>
    static IReadOnlyList<string>? Resolve(FieldOrigin origin, IReadOnlyList<ResultColumn> columns)
    {
        if (columns.Any(c => c.Name == origin.ToString()))
        {
            return [origin.ToString()];
        }

        var type = columns.FirstOrDefault(c => c.Name == origin.Path[0])?.Type;
        foreach (var name in origin.Path.Skip(1))
        {
            type = (type as StructType)?.Fields.FirstOrDefault(f => f.Name == name)?.Type;
        }

        return type is null ? null : origin.Path;
    }

    async Task<IReadOnlyList<ResultColumn>> ColumnsAsync(string select, CancellationToken cancellationToken)
    {
        await using var result = await connection.QueryAsync($"{select} LIMIT 0", cancellationToken: cancellationToken);
        return result.Columns;
    }
}
