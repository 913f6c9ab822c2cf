using System.Text;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>Reads what a commit says of itself, without reading more of it than needed: it is the first action where it matters.</summary>
static class CommitInfoReader
{
    public static async Task<CommitInfo?> ReadAsync(IObjectStore store, string location, CancellationToken cancellationToken)
    {
        var stream = await store.OpenReadAsync(location, cancellationToken: cancellationToken);
        await using (stream)
        {
            using var reader = new StreamReader(stream, Encoding.UTF8);
            for (var line = 1; await reader.ReadLineAsync(cancellationToken) is { } text; line++)
            {
                if (text.Contains("\"commitInfo\"", StringComparison.Ordinal) && DeltaActionJson.Read(Encoding.UTF8.GetBytes(text), $"{location}, line {line}") is CommitInfo info)
                {
                    return info;
                }
            }

            return null;
        }
    }
}
