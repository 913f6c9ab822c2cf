using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Lakehouse.Storage.Azure;

/// <summary>
/// The Shared Key scheme of Azure Storage: HMAC-SHA256 of a text of twelve lines (verb and standard headers), the <c>x-ms-</c> headers in order, and the resource with its query parameters in order.
/// </summary>
internal sealed class SharedKeyAuthorization(string account, string key, TimeProvider time) : IAzureAuthorization
{
    readonly byte[] secret = Convert.FromBase64String(key);

    public ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.TryAddWithoutValidation("x-ms-date", time.GetUtcNow().ToString("R", CultureInfo.InvariantCulture));
        var signature = Convert.ToBase64String(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(TextToSign(request))));
        request.Headers.Authorization = new AuthenticationHeaderValue("SharedKey", $"{account}:{signature}");
        return ValueTask.CompletedTask;
    }

    /// <summary>What is signed.</summary>
    internal string TextToSign(HttpRequestMessage request)
    {
        var content = request.Content?.Headers;
        var length = content?.ContentLength is long bytes and > 0 ? bytes.ToString(CultureInfo.InvariantCulture) : "";
        var text = new StringBuilder();
        text.Append(request.Method.Method).Append('\n');
        text.Append("\n\n"); // Content-Encoding, Content-Language
        text.Append(length).Append('\n');
        text.Append('\n'); // Content-MD5
        text.Append(content?.ContentType?.ToString()).Append('\n');
        text.Append("\n\n"); // Date (x-ms-date stands for it), If-Modified-Since
        text.Append(Header(request, "If-Match")).Append('\n').Append(Header(request, "If-None-Match")).Append('\n');
        text.Append('\n'); // If-Unmodified-Since
        text.Append(Header(request, "Range")).Append('\n');
        foreach (var header in request.Headers.Where(h => h.Key.StartsWith("x-ms-", StringComparison.OrdinalIgnoreCase)).OrderBy(h => h.Key.ToLowerInvariant(), StringComparer.Ordinal))
        {
            text.Append(header.Key.ToLowerInvariant()).Append(':').AppendJoin(',', header.Value).Append('\n');
        }

        return text.Append('/').Append(account).Append(Resource(request.RequestUri!)).ToString();
    }

    static string Header(HttpRequestMessage request, string name) => request.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : "";

    static string Resource(Uri uri)
    {
        var text = new StringBuilder(uri.AbsolutePath);
        var parameters = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(p => p.Split('=', 2)).Select(p => (Name: Uri.UnescapeDataString(p[0]).ToLowerInvariant(), Value: p.Length > 1 ? Uri.UnescapeDataString(p[1]) : ""));
        foreach (var (name, value) in parameters.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append('\n').Append(name).Append(':').Append(value);
        }

        return text.ToString();
    }
}
