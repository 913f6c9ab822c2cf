using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Lakehouse.Sources.Lines;

namespace LakeAspire.Ingest.Receiving;

/// <summary>Splits one JSON document into lines: each element of an array, or the one value that it is, becomes a line. Holds one element at most.</summary>
internal sealed class DocumentSplitter(Stream document, int maxElementBytes) : IDisposable
{
    byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
    int start;
    int end;
    bool isFinal;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    /// <summary>Writes the lines.</summary>
    /// <exception cref="JsonException">It is no JSON document.</exception>
    public async Task WriteLinesAsync(PipeWriter lines, CancellationToken cancellationToken)
    {
        await FillAsync(cancellationToken);
        start = end - LineText.WithoutMark(buffer.AsSpan(0, end)).Length;
        var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = JsonLineScanner.MaxDepth });
        while (true)
        {
            var step = Next(ref state, lines);
            if (step == Step.End)
            {
                await lines.FlushAsync(cancellationToken);
                return;
            }

            if (step == Step.NeedsMore)
            {
                await FillAsync(cancellationToken);
            }
            else if (lines.UnflushedBytes > 128 * 1024)
            {
                await lines.FlushAsync(cancellationToken);
            }
        }
    }

    enum Step
    {
        Written,
        NeedsMore,
        End,
    }

    /// <summary>Reads to the end of the next element.</summary>
    Step Next(ref JsonReaderState state, PipeWriter lines)
    {
        var reader = new Utf8JsonReader(buffer.AsSpan(start, end - start), isFinal, state);
        if (!reader.Read())
        {
            return isFinal ? Step.End : Step.NeedsMore;
        }

        if (reader.TokenType == JsonTokenType.EndArray || (reader.TokenType == JsonTokenType.StartArray && reader.CurrentDepth == 0))
        {
            start += (int)reader.BytesConsumed;
            state = reader.CurrentState;
            return Step.Written;
        }

        var first = (int)reader.TokenStartIndex;

        // A number at the end of what was read may go on.
        if (!reader.TrySkip() || (!isFinal && start + reader.BytesConsumed == end))
        {
            return Step.NeedsMore;
        }

        Write(buffer.AsSpan(start + first, (int)reader.BytesConsumed - first), lines);
        start += (int)reader.BytesConsumed;
        state = reader.CurrentState;
        return Step.Written;
    }

    /// <summary>Line breaks stand outside of strings only, where they mean nothing.</summary>
    static void Write(ReadOnlySpan<byte> element, PipeWriter lines)
    {
        while (element.IndexOfAny((byte)'\r', (byte)'\n') is var at and >= 0)
        {
            lines.Write(element[..at]);
            element = element[(at + 1)..];
        }

        lines.Write(element);
        lines.Write("\n"u8);
    }

    async Task FillAsync(CancellationToken cancellationToken)
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            end -= start;
            start = 0;
        }

        if (end == buffer.Length)
        {
            if (buffer.Length > maxElementBytes)
            {
                throw new LineTooLongException(maxElementBytes);
            }

            var bigger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
            buffer.AsSpan(0, end).CopyTo(bigger);
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = bigger;
        }

        var read = await document.ReadAsync(buffer.AsMemory(end), cancellationToken);
        end += read;
        isFinal = read == 0;
    }
}
