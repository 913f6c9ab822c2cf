using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace LakeAspire.Samples.WatchLog;

/// <summary>
/// Writes a month of telecom watch logs, one NDJSON file a day. The same size and seed give the same bytes on every machine.
/// Few contracts watch much and many watch little; some leave during the month and some join; each has favourite channels.
/// </summary>
public sealed class WatchLogGenerator(WatchLogSize size)
{
    const int FlushAt = 1 << 16;

    /// <summary>First day of the sample month.</summary>
    public static readonly DateOnly FirstDay = new(2022, 4, 1);

    /// <summary>Days in the sample month.</summary>
    public const int Days = 30;

    readonly int contracts = (int)Math.Clamp(size.Events / 12, 40, 9_000_000);

    /// <summary>The days of the month.</summary>
    public static IEnumerable<DateOnly> AllDays => Enumerable.Range(0, Days).Select(FirstDay.AddDays);

    /// <summary>The name that the file of a day has, for instance <c>20220401.json</c>.</summary>
    public static string FileName(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture) + ".json";

    /// <summary>Lines in the file of a day, faulty ones included. The days add up to the whole size.</summary>
    public long EventsOn(DateOnly day)
    {
        var index = day.DayNumber - FirstDay.DayNumber;
        return Share(index + 1) - Share(index);
    }

    /// <summary>Writes the file of a day.</summary>
    public async Task WriteDayAsync(DateOnly day, Stream output, CancellationToken cancellationToken)
    {
        var dayIndex = day.DayNumber - FirstDay.DayNumber;
        var random = new SplitMix((ulong)size.Seed * 1_000_003 + (ulong)day.DayNumber);
        var buffer = new ArrayBufferWriter<byte>(FlushAt + 4096);
        var line = new ArrayBufferWriter<byte>(512);
        for (var left = EventsOn(day); left > 0; left--)
        {
            line.ResetWrittenCount();
            WriteEvent(line, dayIndex, ref random);
            var written = random.Chance(0.01) ? FaultyLine.Make(line.WrittenSpan, ref random) : line.WrittenSpan;
            buffer.Write(written);
            buffer.Write("\n"u8);
            if (buffer.WrittenCount >= FlushAt)
            {
                await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
                buffer.ResetWrittenCount();
            }
        }

        await output.WriteAsync(buffer.WrittenMemory, cancellationToken);
    }

    /// <summary>Events before a day: weekends weigh a third more.</summary>
    long Share(int dayIndex)
    {
        double before = 0, all = 0;
        for (var i = 0; i < Days; i++)
        {
            var weight = FirstDay.AddDays(i).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.33 : 1.0;
            all += weight;
            before += i < dayIndex ? weight : 0;
        }

        return dayIndex == Days ? size.Events : (long)(size.Events * (before / all));
    }

    void WriteEvent(ArrayBufferWriter<byte> line, int dayIndex, ref SplitMix random)
    {
        var viewer = Viewer.Draw(contracts, dayIndex, size.Seed, ref random);
        var app = viewer.DrawApp(ref random);
        line.Write("{\"_index\":\"history\",\"_type\":\""u8);
        line.Write(app.LowerName);
        line.Write("\",\"_id\":\"AX_"u8);
        WriteId(line, ref random);
        line.Write("\",\"_score\":0,\"_source\":{\"Contract\":\""u8);
        viewer.WriteContract(line, ref random);
        line.Write("\",\"Mac\":\""u8);
        viewer.WriteMac(line);
        line.Write("\",\"TotalDuration\":"u8);
        WriteNumber(line, app.DrawSeconds(ref random));
        line.Write(",\"AppName\":\""u8);
        line.Write(app.Name);
        line.Write("\"}}"u8);
    }

    static void WriteId(ArrayBufferWriter<byte> line, ref SplitMix random)
    {
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8;
        var bits = random.Next();
        var more = random.Next();
        var id = line.GetSpan(17)[..17];
        for (var i = 0; i < id.Length; i++)
        {
            id[i] = alphabet[(int)((i < 10 ? bits >> (i * 6) : more >> ((i - 10) * 6)) & 63)];
        }

        line.Advance(id.Length);
    }

    static void WriteNumber(ArrayBufferWriter<byte> line, long value)
    {
        Utf8Formatter.TryFormat(value, line.GetSpan(20), out var written);
        line.Advance(written);
    }
}

/// <summary>How much to write.</summary>
/// <param name="Events">Lines in the whole month.</param>
/// <param name="Seed">Chooses among the possible months.</param>
public sealed record WatchLogSize(long Events, int Seed = 20220401);
