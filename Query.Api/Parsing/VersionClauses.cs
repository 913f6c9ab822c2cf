using System.Globalization;
using System.Text;
using Lakehouse.Engine;

namespace LakeAspire.Query.Parsing;

/// <summary>A clause that names an earlier state, or another branch, of the table before it.</summary>
/// <param name="Unit">VERSION, TIMESTAMP, BRANCH, TAG, SNAPSHOT or COMMIT.</param>
/// <param name="Value">SQL of its value.</param>
internal sealed record VersionClause(string Unit, string Value);

/// <summary>
/// Finds <c>AT (VERSION|TIMESTAMP|BRANCH|TAG|SNAPSHOT|COMMIT => …)</c> and, as Spark and Trino write it, <c>[FOR] VERSION|TIMESTAMP AS OF …</c>, before or behind the table's alias. DuckDB's grammar has but two of them, in one place:
/// they leave the text, and a mark that no text can hold by chance says which table had which.
/// </summary>
internal sealed class VersionClauses
{
    static readonly string[] Units = ["VERSION", "TIMESTAMP", "BRANCH", "TAG", "SNAPSHOT", "COMMIT"];
    static readonly string[] AsOfWords = ["VERSION", "TIMESTAMP", "SYSTEM_VERSION", "SYSTEM_TIME"];

    readonly string mark = Guid.NewGuid().ToString("N");
    readonly List<VersionClause> clauses = [];
    readonly List<(int Original, int Changed)> places = [(0, 0)];
    readonly string sql;
    readonly List<SqlToken> tokens;

    VersionClauses(string sql)
    {
        this.sql = sql;
        tokens = SqlTokens.Of(sql);
        Text = Take();
    }

    /// <summary>The text without the clauses.</summary>
    public string Text { get; }

    public bool Any => clauses.Count > 0;

    public static VersionClauses Of(string sql) => new(sql);

    /// <summary>The clause of a table by the name that it bears in the tree of <see cref="Text"/>, and its own name.</summary>
    public (string Name, VersionClause? Clause) OfTable(string name)
    {
        var at = name.IndexOf(mark, StringComparison.Ordinal);
        return at < 0 ? (name, null) : (name[..at], Number(name[(at + mark.Length)..]));
    }

    /// <summary>The clause that stands for a value in an AT of the tree; null when it is none of ours.</summary>
    public VersionClause? OfValue(string? value) => value is not null && value.StartsWith(mark, StringComparison.Ordinal) ? Number(value[mark.Length..]) : null;

    /// <summary>The place in the original text of a place in <see cref="Text"/>.</summary>
    public int Original(int place)
    {
        var (original, changed) = places.Last(known => known.Changed <= place);
        return original + place - changed;
    }

    VersionClause? Number(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < clauses.Count ? clauses[index] : null;

    string Take()
    {
        var text = new StringBuilder();
        var done = 0;
        for (var i = 1; i < tokens.Count; i++)
        {
            if (Read(i) is not var (clause, next))
            {
                continue;
            }

            var before = tokens[i - 1];
            var index = clauses.Count.ToString(CultureInfo.InvariantCulture);
            var isTable = i >= 3 && before.IsName && tokens[i - 2].Is(sql, ".") && tokens[i - 3].IsName;
            text.Append(sql, done, (isTable ? before.Start : tokens[i].Start) - done);
            text.Append(isTable ? $"\"{Inner(before)}{mark}{index}\" " : $"AT (VERSION => '{mark}{index}') ");
            done = tokens[next - 1].End;
            clauses.Add(clause);
            places.Add((done, text.Length));
            i = next - 1;
        }

        return clauses.Count == 0 ? sql : text.Append(sql, done, sql.Length - done).ToString();
    }

    /// <summary>The inside of a quoted name that means the same.</summary>
    string Inner(SqlToken name) => name.Kind == SqlTokenKind.QuotedName ? name.Of(sql)[1..^1].ToString() : name.Of(sql).ToString();

    /// <summary>The clause that begins at a token, and the token behind it.</summary>
    (VersionClause Clause, int Next)? Read(int i) => ReadAt(i) ?? ReadAsOf(Is(i, "FOR") ? i + 1 : i);

    (VersionClause Clause, int Next)? ReadAt(int i)
    {
        if (!Is(i, "AT") || !Is(i + 1, "(") || !Is(i + 3, "=>") || Units.FirstOrDefault(unit => Is(i + 2, unit)) is not { } unit || Close(i + 1) is not { } close || close == i + 4)
        {
            return null;
        }

        return (new VersionClause(unit, sql[tokens[i + 4].Start..tokens[close - 1].End]), close + 1);
    }

    (VersionClause Clause, int Next)? ReadAsOf(int i)
    {
        if (AsOfWords.FirstOrDefault(word => Is(i, word)) is not { } word || !Is(i + 1, "AS") || !Is(i + 2, "OF") || i + 3 >= tokens.Count)
        {
            return null;
        }

        var value = i + 3;
        var end = tokens[value].Kind is SqlTokenKind.Text or SqlTokenKind.Number ? value
            : Is(value, "TIMESTAMP") || Is(value, "TIMESTAMPTZ") || Is(value, "DATE") ? (value + 1 < tokens.Count && tokens[value + 1].Kind == SqlTokenKind.Text ? value + 1 : -1)
            : Is(value, "(") ? Close(value) ?? -1
            : -1;
        return end < 0 ? null : (new VersionClause(word is "VERSION" or "SYSTEM_VERSION" ? "VERSION" : "TIMESTAMP", sql[tokens[value].Start..tokens[end].End]), end + 1);
    }

    bool Is(int i, string word) => i < tokens.Count && tokens[i].Is(sql, word);

    int? Close(int open)
    {
        var depth = 0;
        for (var i = open; i < tokens.Count; i++)
        {
            depth += Is(i, "(") ? 1 : Is(i, ")") ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return null;
    }
}
