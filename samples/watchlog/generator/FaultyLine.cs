using System.Text;

namespace LakeAspire.Samples.WatchLog;

/// <summary>Lines as they come from broken senders: none of them may get into bronze, and none may be lost.</summary>
internal static class FaultyLine
{
    public static byte[] Make(ReadOnlySpan<byte> good, ref SplitMix random)
    {
        var text = Encoding.UTF8.GetString(good);
        return Encoding.UTF8.GetBytes(random.Below(6) switch
        {
            0 or 1 => text[..(20 + random.Below(text.Length - 21))],
            2 => text.Replace("\"TotalDuration\":", "\"TotalDuration\":\"n/a\",\"Was\":", StringComparison.Ordinal),
            3 => text.Replace("\"TotalDuration\":", "\"TotalDuration\":0.5,\"Was\":", StringComparison.Ordinal),
            4 => "[" + text + "]",
            _ => "-- box restarted --",
        });
    }
}
