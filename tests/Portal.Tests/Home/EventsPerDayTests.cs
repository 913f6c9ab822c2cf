using LakeAspire.Portal.Home;
using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Tests.Home;

public class EventsPerDayTests
{
    [Theory]
    [InlineData("Date", "Id:string", "at:timestamp", "Date:date")]
    [InlineData("at", "Id:string", "_ingested_at:timestamptz", "at:timestamptz")]
    [InlineData("_ingested_at", "event:string", "_ingested_at:timestamptz")]
    [InlineData(null, "event:string", "timestamps:list<timestamp>")]
    public void The_day_is_taken_from_the_best_column(string? expected, params string[] fields) =>
        Assert.Equal(expected, EventsPerDay.DateColumnOf([.. fields.Select((field, i) => new SchemaField(i, field.Split(':')[0], field.Split(':')[1], false, null))]));

    [Fact]
    public void Days_without_events_are_shown_as_such()
    {
        var days = EventsPerDay.WithoutGaps(Result(["2022-04-04", "7"], ["2022-04-01", "5"], [null, "9"]));
        Assert.Equal([(new DateOnly(2022, 4, 1), 5L), (new DateOnly(2022, 4, 2), 0), (new DateOnly(2022, 4, 3), 0), (new DateOnly(2022, 4, 4), 7)], days);
    }

    [Fact]
    public void A_stray_day_long_ago_does_not_stretch_the_chart()
    {
        var days = EventsPerDay.WithoutGaps(Result(["2022-04-04", "7"], ["1970-01-01", "5"]));
        Assert.Equal(120, days.Count);
        Assert.Equal((new DateOnly(2022, 4, 4), 7L), days[^1]);
    }

    [Fact]
    public void No_days_are_no_days() => Assert.Empty(EventsPerDay.WithoutGaps(Result()));

    static QueryResult Result(params string?[][] rows) => new([new("day", "DATE"), new("events", "BIGINT")], rows, rows.Length, false, TimeSpan.Zero);
}
