using System.Collections.Concurrent;
using System.Globalization;
using LakeAspire.Portal.Lake;
using LakeAspire.Portal.Layout;

namespace LakeAspire.Portal.Home;

/// <summary>Events of each day of a table, without gaps between the first and the last.</summary>
/// <param name="Table">Where they were counted.</param>
/// <param name="Column">The date or time that places an event in a day.</param>
/// <param name="Days">Ascending.</param>
public sealed record DailyEvents(TableName Table, string Column, IReadOnlyList<(DateOnly Day, long Events)> Days);

/// <summary>
/// Counts events a day by one query on the largest bronze table that has a date or a time. The answer is kept until the table's next commit, so that a page that is looked at costs no query.
/// </summary>
internal sealed class EventsPerDay
{
    const int MostDays = 120;

    readonly ConcurrentDictionary<string, DailyEvents> known = new(StringComparer.Ordinal);

    /// <summary>Null when no bronze table has rows and a date.</summary>
    public async Task<DailyEvents?> GetAsync(LakeApi api, IReadOnlyList<TableEntry> tables, CancellationToken cancellationToken)
    {
        var candidates = tables.Where(table => table is { Namespace: "bronze", Rows: > 0 } && !Layers.IsQuarantine(table.Name)).OrderByDescending(table => table.Rows).Take(3);
        foreach (var table in candidates)
        {
            var version = FormattableString.Invariant($"{table.Id}/{table.FullName}/{table.LastCommit?.Id}/{table.Rows}");
            if (known.TryGetValue(version, out var counted))
            {
                return counted;
            }

            var detail = await api.TableAsync(table.FullName, cancellationToken);
            if (DateColumnOf(detail.Schema) is { } column)
            {
                counted = await CountAsync(api, table.FullName, column, cancellationToken);
                if (known.Count > 100)
                {
                    known.Clear();
                }

                return known[version] = counted;
            }
        }

        return null;
    }

    /// <summary>The first date, else the first timestamp; the time of ingestion only when there is no other.</summary>
    internal static string? DateColumnOf(IReadOnlyList<SchemaField> schema) => schema
        .Select((field, position) => (field.Name, Rank: RankOf(field), position))
        .Where(field => field.Rank < int.MaxValue)
        .OrderBy(field => field.Rank)
        .ThenBy(field => field.position)
        .Select(field => field.Name)
        .FirstOrDefault();

    static int RankOf(SchemaField field) => field.Type switch
    {
        "date" => 0,
        _ when !field.Type.StartsWith("timestamp", StringComparison.Ordinal) => int.MaxValue,
        _ => field.Name.StartsWith('_') ? 2 : 1,
    };

    static async Task<DailyEvents> CountAsync(LakeApi api, TableName table, string column, CancellationToken cancellationToken)
    {
        var day = $"cast({QueryRequests.Quote(column)} as date)";
        var sql = $"select {day} as day, count(*) as events from {QueryRequests.Quote(table)} where {QueryRequests.Quote(column)} is not null group by 1 order by 1 desc limit {MostDays}";
        var result = await api.QueryAsync(sql, MostDays, cancellationToken);
        return new DailyEvents(table, column, WithoutGaps(result));
    }

    internal static IReadOnlyList<(DateOnly Day, long Events)> WithoutGaps(QueryResult result)
    {
        var counts = new SortedDictionary<DateOnly, long>();
        foreach (var row in result.Rows)
        {
            if (row is [{ Length: >= 10 } text, { } count] && DateOnly.TryParseExact(text.AsSpan(0, 10), "yyyy-MM-dd", out var day))
            {
                counts[day] = long.Parse(count, CultureInfo.InvariantCulture);
            }
        }

        if (counts.Count == 0)
        {
            return [];
        }

        var last = counts.Keys.Last();
        var first = counts.Keys.First();
        if (last.DayNumber - first.DayNumber >= MostDays)
        {
            first = last.AddDays(1 - MostDays);
        }

        return [.. Enumerable.Range(0, last.DayNumber - first.DayNumber + 1).Select(i => first.AddDays(i)).Select(day => (day, counts.GetValueOrDefault(day)))];
    }
}
