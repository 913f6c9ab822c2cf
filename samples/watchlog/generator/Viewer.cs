using System.Buffers;
using System.Globalization;

namespace LakeAspire.Samples.WatchLog;

/// <summary>A contract that watches. All that is fixed about it follows from its rank and the seed.</summary>
internal readonly struct Viewer(int rank, ulong traits)
{
    static readonly string[] Prefixes = ["HNH", "HND", "SGH", "SGD", "DNH", "HPD", "CTH", "BDD"];

    /// <summary>Draws one that has a contract on that day: low ranks far more often than high ones.</summary>
    public static Viewer Draw(int contracts, int dayIndex, int seed, ref SplitMix random)
    {
        for (var attempt = 0; ; attempt++)
        {
            var unit = random.Unit();
            var rank = (int)(contracts * (unit * unit));
            var viewer = new Viewer(rank, SplitMix.Mix((ulong)rank * 0x9E3779B97F4A7C15 + (ulong)seed));
            if (attempt == 8 || viewer.IsActive(dayIndex))
            {
                return viewer;
            }
        }
    }

    /// <summary>Half of the time a favourite, else any app.</summary>
    public App DrawApp(ref SplitMix random) => random.Chance(0.5) ? App.Draw((traits & 0xFFFF) / 65536.0) : App.Draw(random.Unit());

    /// <summary>The contract's name; a few events carry "0" or nothing, as boxes without a contract do.</summary>
    public void WriteContract(ArrayBufferWriter<byte> line, ref SplitMix random)
    {
        var kind = random.Unit();
        if (kind < 0.004)
        {
            line.Write(kind < 0.003 ? "0"u8 : ""u8);
            return;
        }

        // 7919 has no factor in common with 10^7: every rank below that gets a number of its own.
        var number = rank * 7919L % 10_000_000;
        var text = line.GetSpan(10);
        var prefix = Prefixes[rank % Prefixes.Length];
        for (var i = 0; i < 3; i++)
        {
            text[i] = (byte)prefix[i];
        }

        number.TryFormat(text[3..], out _, "D7", CultureInfo.InvariantCulture);
        line.Advance(10);
    }

    public void WriteMac(ArrayBufferWriter<byte> line)
    {
        (traits & 0xFFFFFFFFFFFF).TryFormat(line.GetSpan(12), out var written, "X12", CultureInfo.InvariantCulture);
        line.Advance(written);
    }

    bool IsActive(int dayIndex)
    {
        var kind = (traits >> 16) & 0xFF;
        var at = (int)((traits >> 24) & 0xFF) * WatchLogGenerator.Days / 256;
        return kind switch
        {
            < 40 => dayIndex <= at, // left during the month
            < 70 => dayIndex >= at, // joined during the month
            < 110 => (dayIndex + at) % 7 is 0 or 1, // two days a week
            _ => true,
        };
    }
}
