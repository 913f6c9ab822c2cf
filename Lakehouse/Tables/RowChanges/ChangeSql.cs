using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>
/// The SQL of a change of rows. First the matches: a temporary table of file, position, clause and source row of each target row concerned. Everything else joins with it: the target is looked through once, and
/// then only the files that have matches are read again.
/// </summary>
sealed class ChangeSql
{
    public const string File = "__lake_file";
    public const string Position = "__lake_pos";
    public const string Clause = "__lake_clause";
    public const string SourceRow = "__lake_source";
    const string Path = "__lake_path";

    readonly ChangePlan plan;
    readonly Schema schema;
    readonly string table;
    readonly bool lineage;
    readonly IReadOnlySet<string> sourceColumns;
    readonly string files;
    readonly string matches;
    readonly string source;

    /// <param name="plan">The change.</param>
    /// <param name="table">The table.</param>
    /// <param name="sourceColumns">Names of the source's columns.</param>
    /// <param name="id">Makes the names of temporary tables unique.</param>
    public ChangeSql(ChangePlan plan, LakeTable table, IEnumerable<string> sourceColumns, string id)
    {
        this.plan = plan;
        schema = table.Schema;
        this.table = table.Identifier.ToString();
        lineage = table.Metadata.FormatVersion >= 3;
        this.sourceColumns = sourceColumns.ToHashSet(StringComparer.OrdinalIgnoreCase);
        (files, matches, source) = ($"temp.lake_files_{id}", $"temp.lake_matches_{id}", SourceName(id));
        foreach (var clause in plan.Clauses.Concat(plan.InsertClauses))
        {
            CheckColumns(clause);
        }

        if (plan.TakesAllSourceColumns && this.sourceColumns.Where(name => !HasColumn(name)).ToArray() is { Length: > 0 } surplus)
        {
            throw LakehouseException.InvalidData($"The query for table {this.table} gives columns that the table does not have: {string.Join(", ", surplus)}.");
        }
    }

    public static string SourceName(string id) => $"temp.lake_source_{id}";

    public static string CreateSource(string id, string select) => $"CREATE TEMP TABLE lake_source_{id} AS SELECT * FROM (\n{select}\n) AS q";

    /// <summary>Numbers the files; takes their locations as a parameter.</summary>
    public static string CreateFiles(string id) => $"CREATE TEMP TABLE lake_files_{id} AS SELECT unnest($1::VARCHAR[]) AS {Path}, unnest(range(len($1::VARCHAR[])))::INTEGER AS {File}";

    public static IEnumerable<string> Drops(string id) => [$"DROP TABLE IF EXISTS temp.lake_files_{id}", $"DROP TABLE IF EXISTS temp.lake_matches_{id}", $"DROP TABLE IF EXISTS temp.lake_source_{id}"];

    public string CreateMatches(string id) => $"CREATE TEMP TABLE lake_matches_{id} ({File} INTEGER, {Position} BIGINT, {Clause} INTEGER, {SourceRow} BIGINT)";

    /// <summary>Notes the target rows that have a source row, also those that no clause acts on.</summary>
    public string InsertMatched(string relation) =>
        $"""
        INSERT INTO {matches}
        SELECT f.{File}, target._pos, {Choose(plan.MatchedClauses, 0)}, source.rowid
        FROM {relation} AS target JOIN {source} AS source ON (
        {plan.On}
        ) JOIN {files} AS f ON f.{Path} = target._file
        """;

    /// <summary>Notes the target rows that clauses act on by themselves.</summary>
    public string InsertTargets(string relation)
    {
        var clause = Choose(plan.TargetClauses, plan.MatchedClauses.Count);
        var unmatched = plan.On is null ? "" : $" ANTI JOIN {matches} AS m ON m.{File} = f.{File} AND m.{Position} = target._pos";
        var where = plan.Where is null ? "true" : $"(\n{plan.Where}\n)";
        return $"INSERT INTO {matches} SELECT f.{File}, target._pos, {clause} AS c, NULL FROM {relation} AS target JOIN {files} AS f ON f.{Path} = target._file{unmatched} WHERE {where} AND {clause} IS NOT NULL";
    }

    /// <summary>Two source rows for one target row: the source rows as text; no row when there are none.</summary>
    public string Ambiguous()
    {
        var key = plan.Keys.Count > 0 ? $"struct_pack({string.Join(", ", plan.Keys.Select(name => $"{SqlText.Identifier(name)} := source.{SqlText.Identifier(name)}"))})" : "source";
        return $"""
            SELECT left(CAST(to_json({key}) AS VARCHAR), 500), (SELECT count(*) FROM {matches} WHERE {File} = d.{File} AND {Position} = d.{Position})
            FROM (SELECT {File}, {Position}, any_value({SourceRow}) AS {SourceRow} FROM {matches} GROUP BY ALL HAVING count(*) > 1 LIMIT 1) AS d JOIN {source} AS source ON source.rowid = d.{SourceRow}
            """;
    }

    /// <summary>File, rows updated and rows deleted, for each file with a row that changes.</summary>
    public string Counts() =>
        $"SELECT {File}, count(*) FILTER ({Clause} IN ({Indices(MergeAction.Update)})), count(*) FILTER ({Clause} IN ({Indices(MergeAction.Delete)})) FROM {matches} WHERE {Effective()} GROUP BY {File} ORDER BY {File}";

    /// <summary>Positions of the rows that change, by file.</summary>
    public string Positions() => $"SELECT {File}, {Position} FROM {matches} WHERE {Effective()} ORDER BY {File}, {Position}";

    /// <summary>Location and position of the rows of some files that change, in the columns of a position delete file.</summary>
    public string Positions(IEnumerable<int> ofFiles) =>
        $"SELECT f.{Path} AS file_path, m.{Position} AS pos FROM {matches} AS m JOIN {files} AS f USING ({File}) WHERE {Effective()} AND {File} IN ({string.Join(", ", ofFiles.Select(n => SqlText.Literal(n)))})";

    public string CountInserts() => $"SELECT count(*) FROM ({Inserts()})";

    /// <summary>The rows of files with changes as they are afterwards, without the deleted ones.</summary>
    /// <param name="relation">Rows of these files.</param>
    /// <param name="only">Number of the file when it is one, so that positions are enough to find rows by.</param>
    public string Rewritten(string relation, int? only) => Indices(MergeAction.Update) == "-1"
        ? $"SELECT {Items(_ => null)} FROM {relation} AS target ANTI JOIN ({Joined(Effective(), only)}) AS source ON {SameRow(only)}"
        : $"SELECT {Items(Assigned)} FROM {relation} AS target LEFT JOIN ({Joined(Effective(), only)}) AS source ON {SameRow(only)} WHERE source.{Clause} IS NULL OR source.{Clause} IN ({Indices(MergeAction.Update)})";

    /// <summary>The updated rows alone, as they are afterwards.</summary>
    public string Updated(string relation, int? only) =>
        $"SELECT {Items(Assigned)} FROM {relation} AS target JOIN ({Joined($"{Clause} IN ({Indices(MergeAction.Update)})", only)}) AS source ON {SameRow(only)}";

    /// <summary>The inserted rows.</summary>
    public string Inserts()
    {
        var always = plan.InsertClauses is [{ Condition: null, Action: MergeAction.Insert }, ..];
        var items = schema.Fields.Select(field =>
        {
            var cases = plan.InsertClauses.Select((clause, index) => (index, clause)).Where(c => c.clause.Action == MergeAction.Insert).Select(c => $"WHEN {SqlText.Literal(c.index)} THEN {Inserted(c.clause, field)}").ToArray();
            return always ? $"{Inserted(plan.InsertClauses[0], field)} AS {SqlText.Identifier(field.Name)}" : $"CASE source.{Clause} {string.Join(' ', cases)} END AS {SqlText.Identifier(field.Name)}";
        });
        var rows = always ? $"{source} AS source" : $"(SELECT *, {Choose(plan.InsertClauses, 0)} AS {Clause} FROM {source} AS source{Unmatched()}) AS source";
        var identity = lineage ? $", NULL::BIGINT AS {MetadataColumns.RowId}, NULL::BIGINT AS {MetadataColumns.LastUpdatedSequenceNumber}" : "";
        var inserting = string.Join(", ", plan.InsertClauses.Select((clause, index) => (clause, index)).Where(c => c.clause.Action == MergeAction.Insert).Select(c => SqlText.Literal(c.index)));
        return $"SELECT {string.Join(", ", items)}{identity} FROM {rows}" + (always ? Unmatched() : $" WHERE source.{Clause} IN ({inserting})");
    }

    string Unmatched() => plan.On is null ? "" : $" WHERE source.rowid NOT IN (SELECT {SourceRow} FROM {matches} WHERE {SourceRow} IS NOT NULL)";

    string Inserted(MergeClause clause, NestedField field)
    {
        var type = SqlTypes.Of(field.Type);
        if (clause.Values is { } values)
        {
            return values.FirstOrDefault(value => value.Key.Equals(field.Name, StringComparison.OrdinalIgnoreCase)).Value is { } value ? $"CAST((\n{value}\n) AS {type})" : WriteDefaults.Sql(field, table);
        }

        return sourceColumns.Contains(field.Name) ? $"CAST(source.{SqlText.Identifier(field.Name)} AS {type})" : WriteDefaults.Sql(field, table);
    }

    /// <summary>The value that an update gives a column; null when it keeps the one it has.</summary>
    string? Assigned(MergeClause clause, NestedField field)
    {
        var value = clause.Values is { } values
            ? values.FirstOrDefault(value => value.Key.Equals(field.Name, StringComparison.OrdinalIgnoreCase)).Value
            : sourceColumns.Contains(field.Name) ? $"source.{SqlText.Identifier(field.Name)}" : null;
        return value is null ? null : $"CAST((\n{value}\n) AS {SqlTypes.Of(field.Type)})";
    }

    string? Assigned(NestedField field)
    {
        var cases = plan.Clauses.Select((clause, index) => (index, clause)).Where(c => c.clause.Action == MergeAction.Update)
            .Select(c => (c.index, Value: Assigned(c.clause, field))).Where(c => c.Value is not null).Select(c => $"WHEN {SqlText.Literal(c.index)} THEN {c.Value}").ToArray();
        return cases.Length == 0 ? null : $"CASE source.{Clause} {string.Join(' ', cases)} ELSE target.{SqlText.Identifier(field.Name)} END";
    }

    string Items(Func<NestedField, string?> value)
    {
        var items = schema.Fields.Select(field => $"{value(field) ?? $"target.{SqlText.Identifier(field.Name)}"} AS {SqlText.Identifier(field.Name)}");
        var updates = Indices(MergeAction.Update) != "-1";

        // A changed row is of the commit that changes it, which null stands for; any other stays what it was.
        return string.Join(", ", lineage
            ? items.Append($"target.{MetadataColumns.RowId} AS {MetadataColumns.RowId}").Append($"{(updates ? $"CASE WHEN source.{Clause} IS NULL THEN target.{MetadataColumns.LastUpdatedSequenceNumber} END" : $"target.{MetadataColumns.LastUpdatedSequenceNumber}")} AS {MetadataColumns.LastUpdatedSequenceNumber}")
            : items);
    }

    /// <summary>Matches with the location of their file, and their source rows where there are any.</summary>
    string Joined(string condition, int? only)
    {
        var rows = $"SELECT f.{Path}, m.{Position}, m.{Clause}, m.{SourceRow} FROM {matches} AS m JOIN {files} AS f USING ({File}) WHERE {condition}{(only is { } number ? $" AND {File} = {SqlText.Literal(number)}" : "")}";
        return plan.MatchedClauses.Any(clause => clause.Action == MergeAction.Update) ? $"SELECT * FROM ({rows}) AS m LEFT JOIN {source} AS s ON s.rowid = m.{SourceRow}" : rows;
    }

    static string SameRow(int? only) => $"source.{Position} = target._pos" + (only is null ? $" AND source.{Path} = target._file" : "");

    string Effective() => $"{Clause} IN ({Indices(MergeAction.Update)}, {Indices(MergeAction.Delete)})";

    // An IN list is never empty: no clause has the index -1.
    string Indices(MergeAction action)
    {
        var indices = string.Join(", ", plan.Clauses.Select((clause, index) => (clause, index)).Where(c => c.clause.Action == action).Select(c => SqlText.Literal(c.index)));
        return indices.Length == 0 ? "-1" : indices;
    }

    /// <summary>The index of the first clause whose condition holds, from an index on; null when there is none.</summary>
    static string Choose(IReadOnlyList<MergeClause> clauses, int first)
    {
        var cases = clauses.Select((clause, index) => $"WHEN {(clause.Condition is null ? "true" : $"(\n{clause.Condition}\n)")} THEN {SqlText.Literal(first + index)}").ToArray();
        return cases.Length == 0 ? "NULL::INTEGER" : $"CASE {string.Join(' ', cases)} END";
    }

    void CheckColumns(MergeClause clause)
    {
        foreach (var name in (clause.Values?.Keys ?? []).Where(name => !HasColumn(name)))
        {
            throw LakehouseException.InvalidData($"Table {table} has no column {name}, which is to get a value.");
        }
    }

    bool HasColumn(string name) => schema.Fields.Any(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
