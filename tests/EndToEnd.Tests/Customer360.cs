using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace LakeAspire.EndToEnd.Tests;

/// <summary>
/// What gold.customer_360 has to hold, computed straight from the NDJSON files by the rules as they are written down, without any of our libraries.
/// </summary>
public sealed partial class Customer360
{
    static readonly string[] Categories = ["TV", "Child", "Movie", "Relax", "Sport"];
    static readonly DateOnly Reported = new(2022, 5, 1);
    const int TotalDate = 30;

    readonly Dictionary<string, Dictionary<string, long>> watched = new(StringComparer.Ordinal);
    readonly Dictionary<string, (long Sum, HashSet<DateOnly> Dates)> contracts = new(StringComparer.Ordinal);

    public long GoodLines { get; private set; }

    public long BadLines { get; private set; }

    /// <summary>Ids of all good events; empty unless asked for.</summary>
    public HashSet<string> Ids { get; } = new(StringComparer.Ordinal);

    public void AddFile(string path, bool keepIds = false)
    {
        var date = DateOnly.ParseExact(EightDigits().Match(Path.GetFileName(path)).Value, "yyyyMMdd", CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(path).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            AddLine(line, date, keepIds);
        }
    }

    /// <summary>The rows by contract: values in the order of gold's columns, as text.</summary>
    public Dictionary<string, string> Rows()
    {
        var rfm = Scores();
        return watched.ToDictionary(
            pair => pair.Key,
            pair =>
            {
                var durations = Categories.Select(category => pair.Value.GetValueOrDefault(category)).ToList();
                var most = Categories.Zip(durations).OrderByDescending(x => x.Second).ThenByDescending(x => x.First, StringComparer.Ordinal).First().First;
                var code = rfm[pair.Key];
                return string.Join('|', (object?[])[
                    pair.Key, durations[0], durations[1], durations[2], durations[3], durations[4], durations.Sum(), most, code, Segment(int.Parse(code, CultureInfo.InvariantCulture)),
                    "True", "2022-05-01", ""]);
            },
            StringComparer.Ordinal);
    }

    /// <summary>A row of gold as the same text.</summary>
    public static string RowOf(JsonElement row) => string.Join('|', row.EnumerateObject().Select(property => property.Value.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.True => "True",
        JsonValueKind.False => "False",
        _ when property.Name == "effective_time" => property.Value.ToString()[..10],
        _ => property.Value.ToString(),
    }));

    void AddLine(string line, DateOnly date, bool keepIds)
    {
        if (Parse(line) is not { } e)
        {
            BadLines++;
            return;
        }

        GoodLines++;
        if (keepIds)
        {
            Assert.True(Ids.Add(e.Id), $"the generator wrote {e.Id} twice");
        }

        if (e.Contract is not { Length: > 1 })
        {
            return;
        }

        var (sum, dates) = contracts.GetValueOrDefault(e.Contract, (0, []));
        dates.Add(date);
        contracts[e.Contract] = (sum + (e.Duration ?? 0), dates);
        var category = e.App switch
        {
            "CHANNEL" or "KPLUS" => "TV",
            "VOD" or "FIMS" or "BHD" => "Movie",
            "SPORT" => "Sport",
            "CHILD" => "Child",
            "RELAX" => "Relax",
            _ => null,
        };
        if (category is not null && e.Duration > 0)
        {
            watched.TryAdd(e.Contract, new(StringComparer.Ordinal));
            watched[e.Contract][category] = watched[e.Contract].GetValueOrDefault(category) + e.Duration.Value;
        }
    }

    static (string Id, string? Contract, string? App, long? Duration)? Parse(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            var source = root.GetProperty("_source");
            var duration = source.GetProperty("TotalDuration");
            if (duration.ValueKind != JsonValueKind.Number || !duration.TryGetInt64(out var seconds))
            {
                return null;
            }

            return (root.GetProperty("_id").GetString()!, source.GetProperty("Contract").GetString(), source.GetProperty("AppName").GetString(), seconds);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    Dictionary<string, string> Scores()
    {
        var names = contracts.Keys.ToList();
        var recency = names.Select(name => -(double)(Reported.DayNumber - contracts[name].Dates.Max().DayNumber)).ToArray();
        var frequency = names.Select(name => Math.Round((double)contracts[name].Dates.Count / TotalDate * 100, 2, MidpointRounding.AwayFromZero)).ToArray();
        var monetary = names.Select(name => (double)contracts[name].Sum).ToArray();
        var scored = new[] { recency, frequency, monetary }.Select(values =>
        {
            var (low, high) = (Quantile(values, 1.0 / 3), Quantile(values, 2.0 / 3));
            return values.Select(x => 1 + (x > low ? 1 : 0) + (x > high ? 1 : 0)).ToArray();
        }).ToArray();
        return names.Select((name, i) => (name, code: $"{scored[0][i]}{scored[1][i]}{scored[2][i]}")).ToDictionary(x => x.name, x => x.code, StringComparer.Ordinal);
    }

    static double Quantile(double[] values, double at)
    {
        var sorted = values.Order().ToArray();
        var position = (sorted.Length - 1) * at;
        var below = (int)Math.Floor(position);
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
    }

    static string Segment(int code) => code switch
    {
        111 or 112 or 113 or 121 or 122 or 123 or 131 => "lost customers",
        132 or 133 or 211 or 212 or 213 or 221 or 222 => "potential loyalist",
        223 or 231 or 232 or 233 or 311 or 312 => "loyal customers",
        _ => "champions",
    };

    [GeneratedRegex(@"\d{8}")]
    private static partial Regex EightDigits();
}
