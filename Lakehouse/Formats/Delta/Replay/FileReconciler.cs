using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lakehouse.Formats.Delta.Replay;

/// <summary>
/// Keeps the newest action of each logical file (PROTOCOL.md, "Action Reconciliation"). Actions come newest first: the first of a key counts, and it is in the table if it is an add.
/// The key is the decoded path with the unique id of the deletion vector.
/// </summary>
sealed class FileReconciler
{
    const ulong Prime = 0x9E3779B97F4A7C15;

    readonly ulong seed = (ulong)Random.Shared.NextInt64();
    readonly List<(PackedFiles Files, int Row, ulong Hash)> seen = [];
    readonly List<FileBatch> live = [];
    int[] slots = new int[1024];

    /// <summary>The files of the table, newest first.</summary>
    public IReadOnlyList<FileBatch> Live => live;

    /// <summary>Takes actions that are older than all before, and of which the last is the newest.</summary>
    public void Take(PackedFiles files)
    {
        var kept = new List<int>();
        for (var row = files.Count - 1; row >= 0; row--)
        {
            if (IsNew(files, row) && !files.Rows[row].IsRemove)
            {
                kept.Add(row);
            }
        }

        if (kept.Count > 0)
        {
            kept.Reverse();
            live.Add(new FileBatch(files, [.. kept]));
        }
    }

    bool IsNew(PackedFiles files, int row)
    {
        var hash = Hash(files, row);
        var mask = slots.Length - 1;
        for (var slot = (int)(hash >> 32) & mask; ; slot = (slot + 1) & mask)
        {
            var index = slots[slot] - 1;
            if (index < 0)
            {
                slots[slot] = seen.Count + 1;
                seen.Add((files, row, hash));
                if (seen.Count * 2 > slots.Length)
                {
                    Grow();
                }

                return true;
            }

            if (seen[index].Hash == hash && SameKey(seen[index].Files, seen[index].Row, files, row))
            {
                return false;
            }
        }
    }

    void Grow()
    {
        slots = new int[slots.Length * 2];
        var mask = slots.Length - 1;
        for (var i = 0; i < seen.Count; i++)
        {
            var slot = (int)(seen[i].Hash >> 32) & mask;
            while (slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            slots[slot] = i + 1;
        }
    }

    static bool SameKey(PackedFiles a, int rowA, PackedFiles b, int rowB) =>
        Key(a, rowA).SequenceEqual(Key(b, rowB)) && a.VectorId(a.Rows[rowA]) == b.VectorId(b.Rows[rowB]);

    static ReadOnlySpan<byte> Key(PackedFiles files, int row)
    {
        var path = files.Path(files.Rows[row]);
        return DeltaPath.IsPlain(path) ? path : DeltaPath.Key(path);
    }

    ulong Hash(PackedFiles files, int row)
    {
        var hash = Mix(Key(files, row), seed);
        return files.VectorId(files.Rows[row]) is { } vector ? Mix(MemoryMarshal.AsBytes(vector.AsSpan()), hash) : hash;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static ulong Mix(ReadOnlySpan<byte> bytes, ulong hash)
    {
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            hash = (BitOperations.RotateLeft(hash, 29) ^ word) * Prime;
            hash ^= hash >> 32;
        }

        foreach (var unit in bytes[(bytes.Length & ~7)..])
        {
            hash = (BitOperations.RotateLeft(hash, 11) ^ unit) * Prime;
        }

        hash ^= (ulong)bytes.Length * Prime;
        hash ^= hash >> 29;
        return hash * Prime;
    }
}

/// <summary>Rows of packed actions that are files of the table.</summary>
/// <param name="Files">The actions.</param>
/// <param name="Rows">Which of them.</param>
sealed record FileBatch(PackedFiles Files, int[] Rows);
