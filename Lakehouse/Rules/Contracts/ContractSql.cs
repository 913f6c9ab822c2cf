using Lakehouse.Engine;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Conversion;
using Lakehouse.Rules.Quarantine;

namespace Lakehouse.Rules.Contracts;

/// <summary>
/// A contract compiled to DuckDB's SQL. <see cref="Judge"/> gives a row for each event: the contract's columns, those of <see cref="EventRelation"/>, and
/// <see cref="Rule"/> and <see cref="Reason"/>, which are NULL for an event that keeps the contract.
/// </summary>
public static class ContractSql
{
    /// <summary>VARCHAR: the rule that the event breaks, see <see cref="RuleNames"/>; NULL if none.</summary>
    public const string Rule = "_lake_rule";

    /// <summary>VARCHAR: every breach in words; NULL if none.</summary>
    public const string Reason = "_lake_reason";

    const int ShownLength = 80;

    /// <summary>The query that judges events.</summary>
    public static string Judge(StreamContract contract, EventRelation events)
    {
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(events);
        var fieldColumns = contract.Columns.Where(c => c.Origin is FieldOrigin).ToList();
        var origins = fieldColumns.Select(c => (FieldOrigin)c.Origin).ToList();
        var (sql, types) = events.WithFields(origins, FieldName);
        var values = new List<string>();
        var breaches = new List<Breach>();
        foreach (var column in contract.Columns.Where(c => c.Origin is not ExpressionOrigin))
        {
            var index = fieldColumns.IndexOf(column);
            values.Add($"{(index < 0 ? Derived(column) : ValueConversion.Of(FieldName(index), types[index], column.Type, column.Format))} AS {SqlText.Identifier(column.Name)}");
            if (index >= 0)
            {
                breaches.Add(TypeBreach(column, FieldName(index), types[index]));
            }
        }

        sql = values.Count == 0 ? sql : $"SELECT *, {string.Join(", ", values)} FROM ({sql})";
        foreach (var column in contract.Columns.Where(c => c.Origin is ExpressionOrigin))
        {
            var expression = ((ExpressionOrigin)column.Origin).Sql;
            sql = $"SELECT *, TRY(CAST(({expression}) AS {Engine.Scans.SqlTypes.Of(column.Type)})) AS {SqlText.Identifier(column.Name)} FROM ({sql})";
        }

        breaches.AddRange(contract.Columns.Where(c => c.Required).Select(c => RequiredBreach(c, breaches)));
        if (events.Unreadable is { } unreadable)
        {
            breaches.Insert(0, new Breach("", RuleNames.MalformedJson, unreadable, SqlText.Literal("the engine cannot read it as JSON")));
        }

        return Verdict(sql, breaches);
    }

    /// <summary>The contract's columns of the events that keep it.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="judged">What <see cref="Judge"/> gave, as a query or a table's name.</param>
    public static string Kept(StreamContract contract, string judged)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return $"SELECT {string.Join(", ", contract.Columns.Select(c => SqlText.Identifier(c.Name)))} FROM {Relation(judged)} WHERE {Rule} IS NULL";
    }

    /// <summary>The events that break it, in the form of <see cref="QuarantineTable"/>.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="judged">What <see cref="Judge"/> gave, as a query or a table's name.</param>
    public static string Quarantined(StreamContract contract, string judged)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return QuarantineTable.Select(
            new QuarantineRow
            {
                Scope = EventRelation.Scope,
                Rule = Rule,
                Reason = Reason,
                Raw = $"encode({EventRelation.Raw})",
                Row = EventRelation.Raw,
                Source = EventRelation.Source,
                Position = EventRelation.Position,
                SchemaVersion = contract.Version,
                IngestedAt = EventRelation.IngestedAt,
            },
            $"{Relation(judged)} WHERE {Rule} IS NOT NULL");
    }

    /// <summary>The value of a column that follows from the file alone, from the columns of <see cref="EventRelation"/>; null for one that follows from the event.</summary>
    public static string? FileValue(ContractColumn column)
    {
        ArgumentNullException.ThrowIfNull(column);
        return column.Origin is FileNameOrigin or SourceOrigin or IngestedAtOrigin ? Derived(column) : null;
    }

    static string Derived(ContractColumn column) => column.Origin switch
    {
        EventOrigin => ValueConversion.Of(EventRelation.Raw, "VARCHAR", column.Type, column.Format),
        SourceOrigin => ValueConversion.Of(EventRelation.Source, "VARCHAR", column.Type, column.Format),
        PositionOrigin => ValueConversion.Of(EventRelation.Position, "BIGINT", column.Type, column.Format),
        IngestedAtOrigin => ValueConversion.Of(EventRelation.IngestedAt, "TIMESTAMP WITH TIME ZONE", column.Type, column.Format),
        FileNameOrigin o => FromFileName(column, o),
        _ => throw new ArgumentException($"column {column.Name}: unknown origin", nameof(column)),
    };

    static string FromFileName(ContractColumn column, FileNameOrigin origin)
    {
        var part = $"nullif(regexp_extract({EventRelation.Source}, {SqlText.Literal(origin.Pattern)}, 1), '')";
        var value = TextConversion.Of(part, column.Type, column.Format);
        return origin.ElseIngestionDate ? $"coalesce({value}, CAST({EventRelation.IngestedAt} AS DATE))" : value;
    }

    static Breach TypeBreach(ContractColumn column, string field, string sqlType)
    {
        var shown = sqlType is "JSON" or "VARCHAR" ? $"{field}::VARCHAR" : $"to_json({field})::VARCHAR";
        var cut = $"CASE WHEN length({shown}) > {SqlText.Literal(ShownLength)} THEN left({shown}, {SqlText.Literal(ShownLength)}) || '…' ELSE {shown} END";
        return new Breach(
            column.Name, RuleNames.Type, ValueConversion.Fails(field, sqlType, SqlText.Identifier(column.Name)),
            $"{SqlText.Literal($"{column.Name}: expected {Expected(column)}, got ")} || {cut}");
    }

    static Breach RequiredBreach(ContractColumn column, List<Breach> others)
    {
        var missing = $"{SqlText.Identifier(column.Name)} IS NULL";
        return new Breach(
            column.Name, RuleNames.Required,
            others.Find(b => b.Column == column.Name) is { } type ? $"({missing} AND NOT coalesce({type.Condition}, false))" : missing,
            SqlText.Literal($"{column.Name}: required, and missing"));
    }

    static string Expected(ContractColumn column) => column.Format is null ? column.Type.ToString()! : $"{column.Type} written {column.Format}";

    static string Verdict(string sql, List<Breach> breaches)
    {
        if (breaches.Count == 0)
        {
            return $"SELECT *, NULL::VARCHAR AS {Rule}, NULL::VARCHAR AS {Reason} FROM ({sql})";
        }

        var rules = string.Join(' ', breaches.OrderBy(b => b.Rule == RuleNames.Required).Select(b => $"WHEN {b.Condition} THEN {SqlText.Literal(b.Rule)}"));
        var reasons = string.Join(", ", breaches.Select(b => $"CASE WHEN {b.Condition} THEN {b.Words} END"));
        return $"SELECT *, CASE {rules} END AS {Rule}, nullif(concat_ws('; ', {reasons}), '') AS {Reason} FROM ({sql})";
    }

    static string FieldName(int index) => $"_lake_f{index}";

    static string Relation(string judged) => judged.Contains(' ', StringComparison.Ordinal) ? $"({judged})" : judged;

    sealed record Breach(string Column, string Rule, string Condition, string Words);
}
