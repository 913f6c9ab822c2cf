using System.Security.Cryptography;
using System.Text;

namespace Lakehouse.Sources.Landing;

/// <summary>Ids of landing files. The first letter tells the kind, so that no two kinds can meet.</summary>
public static class LandingId
{
    /// <summary>A new one, ordered by time.</summary>
    public static string New(TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        return "e" + Guid.CreateVersion7(time.GetUtcNow()).ToString("N");
    }

    /// <summary>The one of an idempotency key: the same key always has the same.</summary>
    public static string OfKey(StreamName stream, string key) => "k" + Digest(stream, key);

    /// <summary>The one of a file name: the same name always has the same.</summary>
    public static string OfFile(StreamName stream, string name) => "f" + Digest(stream, name);

    /// <summary>Whether it is the id of a file that was sent by name.</summary>
    public static bool IsOfFile(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return id.StartsWith('f');
    }

    /// <summary>Whether the same id may come again: not that of events without an idempotency key.</summary>
    public static bool CanComeAgain(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return !id.StartsWith('e');
    }

    static string Digest(StreamName stream, string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{stream}\n{text}")).AsSpan(0, 20));
}
