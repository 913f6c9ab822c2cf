using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace LakeAspire.Transform.Lineage;

/// <summary>Ids of runs as OpenLineage wants them: UUIDs of version 7, the same however often they are worked out.</summary>
internal static class RunIds
{
    /// <summary>The id of something that happened, made of the time when it began and of what names it.</summary>
    public static Guid Of(DateTimeOffset begun, string name)
    {
        Span<byte> bytes = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{begun.UtcTicks} {name}"), bytes);
        Span<byte> stamp = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(stamp, begun.ToUnixTimeMilliseconds() << 16);
        stamp[..6].CopyTo(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes[..16], bigEndian: true);
    }
}
