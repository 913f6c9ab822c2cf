using System.Globalization;
using System.Text;

namespace LakeAspire.Query.Sql;

/// <summary>
/// A response body with a header behind it. Over HTTP/2 the server has trailers; over HTTP/1.1 it has not, but leaves the chunks (RFC 9112, 7.1) to an application that names the transfer coding itself, and the
/// trailer stands after the last of them.
/// </summary>
internal sealed class TrailedBody
{
    readonly HttpResponse response;
    readonly bool chunked;

    public TrailedBody(HttpResponse response)
    {
        this.response = response;
        chunked = HttpProtocol.IsHttp11(response.HttpContext.Request.Protocol);
        response.Headers.Trailer = SqlRequest.TruncatedHeader;
        if (chunked)
        {
            response.Headers.TransferEncoding = "chunked";
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        // A chunk of no bytes would be the last.
        if (bytes.IsEmpty)
        {
            return;
        }

        if (chunked)
        {
            await TextAsync(bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n", cancellationToken);
        }

        await response.Body.WriteAsync(bytes, cancellationToken);
        if (chunked)
        {
            await TextAsync("\r\n", cancellationToken);
        }
    }

    public async Task CompleteAsync(string trailer, string value, CancellationToken cancellationToken)
    {
        if (chunked)
        {
            await TextAsync($"0\r\n{trailer}: {value}\r\n\r\n", cancellationToken);
        }
        else if (response.SupportsTrailers())
        {
            response.AppendTrailer(trailer, value);
        }
    }

    ValueTask TextAsync(string text, CancellationToken cancellationToken) => response.Body.WriteAsync(Encoding.ASCII.GetBytes(text), cancellationToken);
}
