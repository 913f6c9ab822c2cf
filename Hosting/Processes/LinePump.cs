using System.Text;

namespace LakeAspire.Hosting.Processes;

/// <summary>Reads a program's output line by line; a line without end is handed on in pieces.</summary>
internal static class LinePump
{
    const int LongestLine = 16 * 1024;

    public static async Task RunAsync(StreamReader reader, Action<string> onLine)
    {
        var line = new StringBuilder();
        var buffer = new char[4096];
        while (await ReadAsync(reader, buffer) is var count and > 0)
        {
            foreach (var c in buffer.AsMemory(0, count).Span)
            {
                if (c == '\n')
                {
                    Flush();
                }
                else if (c != '\r')
                {
                    line.Append(c);
                    if (line.Length == LongestLine)
                    {
                        Flush();
                    }
                }
            }
        }

        if (line.Length > 0)
        {
            Flush();
        }

        void Flush()
        {
            onLine(line.ToString());
            line.Clear();
        }
    }

    static async Task<int> ReadAsync(StreamReader reader, char[] buffer)
    {
        try
        {
            return await reader.ReadAsync(buffer.AsMemory());
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return 0;
        }
    }
}
