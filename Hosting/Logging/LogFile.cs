using System.Text;
using System.Text.RegularExpressions;

namespace LakeAspire.Hosting.Logging;

/// <summary>A log file that is put aside when it has grown to a limit; the one put aside before goes.</summary>
internal sealed partial class LogFile(string path, long limit) : IDisposable
{
    StreamWriter? writer;
    long written;

    public void Write(string text)
    {
        try
        {
            if (writer is null || written > limit)
            {
                Open();
            }

            var plain = text.Contains('\e') ? ColourCodes().Replace(text, "") : text;
            writer!.WriteLine(plain);
            written += plain.Length + 1;
        }
        catch (IOException)
        {
            // A full disk must not stop the service whose output this is: its latest lines are in memory still.
        }
    }

    public void Dispose() => writer?.Dispose();

    void Open()
    {
        writer?.Dispose();
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var size = new FileInfo(path) is { Exists: true } existing ? existing.Length : 0;
        if (size > limit || written > limit)
        {
            File.Move(path, path + ".1", overwrite: true);
            size = 0;
        }

        written = size;
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };
    }

    [GeneratedRegex(@"\e\[[0-9;]*[A-Za-z]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ColourCodes();
}
