using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using LakeAspire.Catalog.Access;
using Microsoft.AspNetCore.WebUtilities;

namespace LakeAspire.Catalog.Idempotency;

/// <summary>What tells one request from another: who sent it, method, path, query and body, byte by byte.</summary>
internal static class RequestFingerprint
{
    const int Threshold = 64 * 1024;

    /// <summary>The digest; the body can be read again afterwards.</summary>
    public static async Task<byte[]> OfAsync(HttpContext context)
    {
        var request = context.Request;
        request.EnableBuffering(Threshold);
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var caller = Caller.Of(context);
        digest.AppendData(Encoding.UTF8.GetBytes($"{caller.Id?.ToString() ?? caller.Name}\n{request.Method}\n{request.Path}\n{request.QueryString}\n"));
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(buffer, context.RequestAborted)) > 0)
            {
                digest.AppendData(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        request.Body.Position = 0;
        return digest.GetHashAndReset();
    }
}
