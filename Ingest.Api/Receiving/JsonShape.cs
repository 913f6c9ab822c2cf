using Lakehouse.Sources.Lines;

namespace LakeAspire.Ingest.Receiving;

/// <summary>Tells NDJSON from one document (an array, or an object over several lines) by how JSON begins.</summary>
internal static class JsonShape
{
    /// <summary>How much of it is looked at.</summary>
    public const int Window = 64 * 1024;

    /// <summary>Whether it is to be read line by line: at least half of its lines are objects, or it begins as no document does.</summary>
    /// <param name="beginning">Its beginning.</param>
    /// <param name="isWhole">Whether that is all.</param>
    public static bool IsLines(ReadOnlySpan<byte> beginning, bool isWhole)
    {
        var text = LineText.WithoutMark(beginning);
        int objects = 0, lines = 0;
        for (var start = 0; start < text.Length;)
        {
            var scan = JsonLineScanner.Scan(text, start, FieldPlan.Nothing, []);
            if (scan.End == text.Length && !isWhole)
            {
                break;
            }

            lines += scan.Kind == LineKind.Blank ? 0 : 1;
            objects += scan.Kind == LineKind.Object ? 1 : 0;
            start = scan.End + 1;
        }

        var first = text.TrimStart(" \t\r\n"u8);
        if (lines == 0)
        {
            // The first line is longer than the window: events are seldom arrays.
            return first.IsEmpty || first[0] != (byte)'[';
        }

        return objects * 2 >= lines || (first[0] != (byte)'[' && first[0] != (byte)'{');
    }
}
