using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Engine.Changes;

/// <summary>The SQL of change logs over the rows that files gained and lost.</summary>
internal sealed class ChangeSql(ChangeTarget target)
{
    const string Type = ChangeRelation.ChangeType;
    const string Ordinal = ChangeRelation.ChangeOrdinal;
    const string Log = $"{Type}, {Ordinal}, {ChangeRelation.CommitSnapshotId}";

    readonly string columns = string.Join(", ", target.Schema.Fields.Select(field => SqlText.Identifier(field.Name)));

    /// <summary>What makes two rows equal: all columns, and which of the zeros one is.</summary>
    readonly string row = string.Join(", ", target.Schema.Fields.Select(field =>
        field.Type is PrimitiveType { Name: "float" or "double" } ? $"{SqlText.Identifier(field.Name)}, signbit({SqlText.Identifier(field.Name)})" : SqlText.Identifier(field.Name)));

    /// <summary>The rows of some files that are not among those of the same files in another state.</summary>
    public string Missing(string of, string inOther) =>
        $"SELECT {columns}, {Log} FROM {of} AS a ANTI JOIN (SELECT _file AS of_file, _pos AS at, {Ordinal} AS ordinal FROM {inOther}) AS b ON a._pos = b.at AND a._file = b.of_file AND a.{Ordinal} = b.ordinal";

    /// <summary>The log over all rows gained and lost.</summary>
    public string Changes(string rows)
    {
        if (target.IsNet)
        {
            return Net($"({rows})");
        }

        var changes = WithoutCarried($"({rows})");
        return target.Keys.Count == 0 ? changes : WithUpdates(changes);
    }

    /// <summary>Snapshots that only gained or only lost rows carried nothing over, and are spared the comparison.</summary>
    string WithoutCarried(string rows)
    {
        int[] mixed = [.. target.Snapshots.Where(snapshot => snapshot.Files.Any(file => file.Before is not null) && snapshot.Files.Any(file => file.After is not null)).Select(snapshot => snapshot.Ordinal)];
        if (mixed.Length == 0)
        {
            return rows;
        }

        var those = $"{Ordinal} IN ({string.Join(", ", mixed.Select(ordinal => SqlText.Literal(ordinal)))})";
        return $"""
            (SELECT {columns}, {Log} FROM {rows} WHERE NOT {those}
            UNION ALL SELECT {columns}, {Log} FROM (
              SELECT *, row_number() OVER (PARTITION BY {row}, {Ordinal}, {Type}) AS nth,
                least(count(*) FILTER (WHERE {Type} = 'insert') OVER same, count(*) FILTER (WHERE {Type} = 'delete') OVER same) AS carried
              FROM {rows} WHERE {those} WINDOW same AS (PARTITION BY {row}, {Ordinal})) WHERE nth > carried)
            """;
    }

    /// <summary>A key that is deleted and inserted in one snapshot is updated. Which of several rows became which of several others nobody can tell.</summary>
    string WithUpdates(string rows)
    {
        var keys = string.Join(", ", target.Keys.Select(key => SqlText.Identifier(key)));
        var several = SqlText.Literal($"updates of table {target.Name} can't be told: several rows have the key {string.Join(", ", target.Keys)}");
        return $"""
            (SELECT {columns},
              CASE WHEN gained = 0 OR lost = 0 THEN {Type} WHEN gained > 1 OR lost > 1 THEN error({several}) WHEN {Type} = 'delete' THEN 'update_preimage' ELSE 'update_postimage' END AS {Type},
              {Ordinal}, {ChangeRelation.CommitSnapshotId}
            FROM (SELECT *, count(*) FILTER (WHERE {Type} = 'insert') OVER same AS gained, count(*) FILTER (WHERE {Type} = 'delete') OVER same AS lost
              FROM {rows} WINDOW same AS (PARTITION BY {keys}, {Ordinal})))
            """;
    }

    /// <summary>Of equal rows, an insert and a delete undo each other in the order of the snapshots. What is left has the snapshot of the first change since the last time that nothing was left.</summary>
    string Net(string rows) => $"""
        (SELECT {columns}, {Log} FROM (
          SELECT *, max(CASE WHEN balance = 0 THEN nth ELSE 0 END) OVER same AS settled, sum(step) OVER same AS rest FROM (
            SELECT *, sum(step) OVER sequence AS balance, row_number() OVER sequence AS nth FROM (
              SELECT *, CASE WHEN {Type} = 'insert' THEN 1 ELSE -1 END AS step, row_number() OVER () AS tie FROM {rows})
            WINDOW sequence AS (PARTITION BY {row} ORDER BY {Ordinal}, {Type}, tie ROWS UNBOUNDED PRECEDING))
          WINDOW same AS (PARTITION BY {row})), unnest(range(CAST(abs(rest) AS BIGINT))) AS copies(copy)
        WHERE nth = settled + 1)
        """;
}
