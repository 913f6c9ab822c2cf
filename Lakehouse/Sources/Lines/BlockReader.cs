namespace Lakehouse.Sources.Lines;

/// <summary>Cuts files into blocks of whole lines, for several threads to work on. Thread-safe; what it does under its lock is to read and to count line feeds.</summary>
internal sealed class BlockReader(IReadOnlyList<LineFile> files) : IDisposable
{
    readonly Lock gate = new();
    byte[] carry = [];
    int carried;
    int index = -1;
    long nextLine;
    FileStream? file;

    /// <summary>Reads the next block.</summary>
    /// <returns>False when there is none.</returns>
    public bool Next(Block block)
    {
        lock (gate)
        {
            while (true)
            {
                if (file is null)
                {
                    if (++index >= files.Count)
                    {
                        return false;
                    }

                    file = new FileStream(files[index].Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0, FileOptions.SequentialScan);
                    nextLine = 1;
                }

                if (Fill(block))
                {
                    return true;
                }
            }
        }
    }

    public void Dispose() => file?.Dispose();

    /// <summary>False when the file had nothing more.</summary>
    bool Fill(Block block)
    {
        block.Reset(files[index].Number, nextLine);
        block.Append(carry.AsSpan(0, carried));
        carried = 0;
        int last;
        do
        {
            if (block.ReadFrom(file!) == 0)
            {
                file!.Dispose();
                file = null;
                return block.Length > 0;
            }

            last = block.Text.LastIndexOf((byte)'\n');
        }
        while (last < 0);

        var rest = block.Text[(last + 1)..];
        if (carry.Length < rest.Length)
        {
            carry = new byte[Math.Max(rest.Length, carry.Length * 2)];
        }

        rest.CopyTo(carry);
        carried = rest.Length;
        block.Cut(last + 1);
        nextLine += block.Text.Count((byte)'\n');
        return true;
    }
}

/// <summary>Whole lines of a file, in a pinned array.</summary>
internal sealed class Block
{
    const int Size = 1 << 20;
    byte[] buffer = GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    public int File { get; private set; }

    /// <summary>Number of its first line, from 1.</summary>
    public long FirstLine { get; private set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Text => buffer.AsSpan(0, Length);

    public void Reset(int file, long firstLine)
    {
        File = file;
        FirstLine = firstLine;
        Length = 0;
    }

    public void Cut(int length) => Length = length;

    public void Append(ReadOnlySpan<byte> bytes)
    {
        Grow(bytes.Length);
        bytes.CopyTo(buffer.AsSpan(Length));
        Length += bytes.Length;
    }

    public int ReadFrom(FileStream file)
    {
        Grow(1);
        var read = file.Read(buffer, Length, buffer.Length - Length);
        Length += read;
        return read;
    }

    /// <summary>Only a line longer than the buffer makes it grow.</summary>
    void Grow(int more)
    {
        if (Length + more <= buffer.Length)
        {
            return;
        }

        var bigger = GC.AllocateUninitializedArray<byte>((int)Math.Min(Array.MaxLength, Math.Max(buffer.Length * 2L, (long)Length + more)), pinned: true);
        Text.CopyTo(bigger);
        buffer = bigger;
    }
}
