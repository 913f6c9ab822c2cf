using Lakehouse.Rules.Conversion;

namespace Lakehouse.Rules.Contracts;

/// <summary>
/// Events for a contract to judge: a query with the columns named here, and how a field's value is found in it. Names that begin with <c>_lake_</c> are taken.
/// </summary>
/// <param name="Sql">A query with the columns <see cref="Raw"/>, <see cref="Source"/>, <see cref="Position"/>, <see cref="Scope"/>, <see cref="IngestedAt"/>.</param>
public abstract record EventRelation(string Sql)
{
    /// <summary>VARCHAR: the event as JSON text.</summary>
    public const string Raw = "_lake_raw";

    /// <summary>VARCHAR: file name, or id of the request.</summary>
    public const string Source = "_lake_source";

    /// <summary>BIGINT: line or row, from 1.</summary>
    public const string Position = "_lake_position";

    /// <summary>VARCHAR: id of the landing file.</summary>
    public const string Scope = "_lake_scope";

    /// <summary>TIMESTAMPTZ: when it was taken in.</summary>
    public const string IngestedAt = "_lake_ingested_at";

    /// <summary>A condition that holds for an event that the engine cannot read, though whoever proved it could; null when that can't be.</summary>
    internal virtual string? Unreadable => null;

    /// <summary>The query with one more column for each path, and the SQL types of these columns.</summary>
    internal abstract (string Sql, IReadOnlyList<string> Types) WithFields(IReadOnlyList<FieldOrigin> fields, Func<int, string> nameOf);
}

/// <summary>Events as JSON objects in <see cref="EventRelation.Raw"/>, each proven to be one.</summary>
/// <param name="Sql">The query.</param>
public sealed record JsonEvents(string Sql) : EventRelation(Sql)
{
    /// <summary>The engine's parser has limits of its own. One event beyond them must not fail all others.</summary>
    internal override string Unreadable => $"NOT json_valid({Raw})";

    internal override (string Sql, IReadOnlyList<string> Types) WithFields(IReadOnlyList<FieldOrigin> fields, Func<int, string> nameOf)
    {
        var types = fields.Select(_ => "JSON").ToList();
        if (fields.Count == 0)
        {
            return ($"SELECT * FROM ({Sql})", types);
        }

        // One pass over the text takes out all fields, unless one lies within another.
        if (fields.Any(f => fields.Any(g => g.Path.Count > f.Path.Count && g.Path.Take(f.Path.Count).SequenceEqual(f.Path))))
        {
            var extracted = fields.Select((f, i) => $"CASE WHEN json_valid({Raw}) THEN json_extract({Raw}, {Engine.SqlText.Literal(JsonPath.Pointer(f.Path))}) END AS {nameOf(i)}");
            return ($"SELECT *, {string.Join(", ", extracted)} FROM ({Sql})", types);
        }

        var structure = Engine.SqlText.Literal(JsonPath.Structure(fields.Select(f => f.Path)));
        var leaves = fields.Select((f, i) => $"_lake_fields.{Engine.SqlText.Identifier([.. f.Path])} AS {nameOf(i)}");
        return ($"SELECT * EXCLUDE (_lake_fields), {string.Join(", ", leaves)} FROM (SELECT *, json_transform(CASE WHEN json_valid({Raw}) THEN {Raw} END, {structure}) AS _lake_fields FROM ({Sql}))", types);
    }
}

/// <summary>Events as rows with columns of their own beside those of <see cref="EventRelation"/>.</summary>
/// <param name="Sql">The query.</param>
/// <param name="Fields">The SQL expression and DuckDB type of each field that the rows have.</param>
public sealed record ColumnEvents(string Sql, IReadOnlyDictionary<FieldOrigin, (string Expression, string SqlType)> Fields) : EventRelation(Sql)
{
    internal override (string Sql, IReadOnlyList<string> Types) WithFields(IReadOnlyList<FieldOrigin> fields, Func<int, string> nameOf)
    {
        var found = fields.Select(f => Fields.TryGetValue(f, out var field) ? field : ("NULL::VARCHAR", "VARCHAR")).ToList();
        var columns = string.Concat(found.Select((f, i) => $", {f.Item1} AS {nameOf(i)}"));
        return ($"SELECT *{columns} FROM ({Sql})", [.. found.Select(f => f.Item2)]);
    }
}
