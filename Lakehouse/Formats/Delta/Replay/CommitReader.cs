using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>What one JSON file of a log holds.</summary>
/// <param name="Files">Adds and removes, in the file's order.</param>
/// <param name="Others">Other actions, in the file's order.</param>
sealed record CommitContent(IReadOnlyList<PackedFiles> Files, IReadOnlyList<DeltaAction> Others);

/// <summary>Reads JSON files of a log in pieces of whole lines, which are scanned on several threads.</summary>
/// <param name="store">The store.</param>
/// <param name="scanners">Bounds how many pieces are in work at once over all files.</param>
sealed class CommitReader(IObjectStore store, SemaphoreSlim scanners)
{
    const int PieceSize = 4 << 20;
    const int LongestLine = 1 << 30;

    public async Task<CommitContent> ReadAsync(ObjectInfo file, CancellationToken cancellationToken)
    {
        var pieces = new List<Task<(PackedFiles, List<DeltaAction>)>>();
        var stream = await store.OpenReadAsync(file.Location, cancellationToken: cancellationToken);
        await using (stream)
        {
            var line = 1;
            var buffer = NewBuffer((int)Math.Clamp(file.Size + 1, 1024, PieceSize));
            var (filled, atEnd) = (0, false);
            while (!atEnd)
            {
                var read = await stream.ReadAtLeastAsync(buffer.AsMemory(filled), buffer.Length - filled, throwOnEndOfStream: false, cancellationToken);
                atEnd = read < buffer.Length - filled;
                filled += read;
                var whole = atEnd ? filled : buffer.AsSpan(0, filled).LastIndexOf((byte)'\n') + 1;
                var left = filled - whole;
                if (whole == 0 && !atEnd && buffer.Length >= LongestLine)
                {
                    throw LakehouseException.InvalidData($"{file.Location}: line {line} is longer than {LongestLine} bytes");
                }

                var next = atEnd ? [] : NewBuffer(Math.Max(whole == 0 ? buffer.Length * 2 : PieceSize, left * 2));
                buffer.AsSpan(whole, left).CopyTo(next);
                if (whole > 0)
                {
                    pieces.Add(await ScanAsync(new PackedFiles(buffer, file.Location), whole, line, cancellationToken));
                    line += buffer.AsSpan(0, whole).Count((byte)'\n');
                }

                (buffer, filled) = (next, left);
            }
        }

        var scanned = await Task.WhenAll(pieces);
        var content = new CommitContent([.. scanned.Select(piece => piece.Item1)], [.. scanned.SelectMany(piece => piece.Item2)]);
        if (content.Others.OfType<CommitInfo>().Any(WriterRules.BoundsCountNan))
        {
            foreach (var files in content.Files)
            {
                files.BoundsCountNan = true;
            }
        }

        return content;
    }

    async Task<Task<(PackedFiles, List<DeltaAction>)>> ScanAsync(PackedFiles files, int length, int line, CancellationToken cancellationToken)
    {
        await scanners.WaitAsync(cancellationToken);
        return Task.Run(
            () =>
            {
                try
                {
                    var others = new List<DeltaAction>();
                    ActionScanner.Scan(files, length, line, others);
                    return (files, others);
                }
                finally
                {
                    scanners.Release();
                }
            },
            CancellationToken.None);
    }

    static byte[] NewBuffer(int size) => GC.AllocateUninitializedArray<byte>(size);
}
