using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Xml.Linq;
using Lakehouse.Formats;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.Azure;

/// <summary>The calls of Azure Blob Storage's REST interface.</summary>
internal sealed class AzureBackend(HttpClient client, IAzureAuthorization authorization, Uri container) : IRemoteBackend
{
    const string Version = "2021-12-02";
    const string MarkerHeader = "x-ms-meta-lakeaspireput";

    public string Name => "Azure Blob";

    public long MaxPutBytes => 5000L << 20;

    public bool HasConditionalUploads => true;

    public Task<RemoteChunk> ReadAsync(string key, long offset, int length, string? tag, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Get, key);
        request.Headers.Range = new RangeHeaderValue(offset, offset + length - 1);
        if (tag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        }

        return SendAsync("reading", request, length, async (response, token) =>
        {
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                return await RemoteChunk.ReadAsync(Stream.Null, 0, total: 0, tag: null, token);
            }

            var count = response.Content.Headers.ContentLength ?? 0;
            var total = response.Content.Headers.ContentRange?.Length ?? count;
            await using var body = await response.Content.ReadAsStreamAsync(token);
            return await RemoteChunk.ReadAsync(body, (int)Math.Min(count, length), total, response.Headers.ETag?.ToString(), token);
        }, cancellationToken, HttpStatusCode.RequestedRangeNotSatisfiable);
    }

    public Task<bool> PutAsync(string key, Stream content, bool ifAbsent, string marker, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Put, key);
        request.Headers.TryAddWithoutValidation("x-ms-blob-type", "BlockBlob");
        request.Headers.TryAddWithoutValidation(MarkerHeader, marker);
        request.Content = new StreamContent(new KeptOpen(content));
        request.Content.Headers.ContentLength = content.Length;
        return PutAsync("writing", request, content.Length, ifAbsent, cancellationToken);
    }

    public Task<IRemoteUpload> BeginUploadAsync(string key, string marker, CancellationToken cancellationToken) => Task.FromResult<IRemoteUpload>(new AzureUpload(this, key, marker));

    public Task<(IReadOnlyList<RemoteEntry> Entries, string? Next)> ListAsync(string prefix, string? token, CancellationToken cancellationToken)
    {
        var query = $"restype=container&comp=list&prefix={Uri.EscapeDataString(prefix)}{(token is null ? "" : $"&marker={Uri.EscapeDataString(token)}")}";
        return SendAsync<(IReadOnlyList<RemoteEntry>, string?)>("listing", Request(HttpMethod.Get, key: null, query), 0, async (response, t) =>
        {
            await using var body = await response.Content.ReadAsStreamAsync(t);
            return AzureListing.Parse(await XDocument.LoadAsync(body, LoadOptions.None, t));
        }, cancellationToken);
    }

    public Task DeleteAsync(string key, CancellationToken cancellationToken) =>
        SendAsync("deleting", Request(HttpMethod.Delete, key), 0, (_, _) => Task.FromResult(true), cancellationToken, HttpStatusCode.NotFound);

    public Task<RemoteEntry?> StatAsync(string key, CancellationToken cancellationToken) => SendAsync<RemoteEntry?>("looking at a blob", Request(HttpMethod.Head, key), 0, (response, _) =>
    {
        var headers = response.Content.Headers;
        var marker = response.Headers.TryGetValues(MarkerHeader, out var values) ? values.First() : null;
        return Task.FromResult(response.StatusCode == HttpStatusCode.NotFound ? null : new RemoteEntry(key, headers.ContentLength ?? 0, headers.LastModified ?? DateTimeOffset.UnixEpoch, marker));
    }, cancellationToken, HttpStatusCode.NotFound);

    public void Dispose() => client.Dispose();

    /// <summary>Stores a block that is part of no blob yet.</summary>
    internal Task PutBlockAsync(string key, string blockId, HttpContent block, CancellationToken cancellationToken)
    {
        var request = Request(HttpMethod.Put, key, $"comp=block&blockid={Uri.EscapeDataString(blockId)}");
        request.Content = block;
        return SendAsync("writing a block", request, block.Headers.ContentLength ?? 0, (_, _) => Task.FromResult(true), cancellationToken);
    }

    /// <summary>Makes a blob of its blocks.</summary>
    /// <returns>False when something has its key, or when the blocks are gone because another writer was first.</returns>
    internal Task<bool> PutBlockListAsync(string key, string marker, IEnumerable<string> blockIds, bool ifAbsent, CancellationToken cancellationToken)
    {
        var list = new XDocument(new XElement("BlockList", blockIds.Select(id => new XElement("Uncommitted", id))));
        var request = Request(HttpMethod.Put, key, "comp=blocklist");
        request.Headers.TryAddWithoutValidation(MarkerHeader, marker);
        request.Content = new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(list.ToString(SaveOptions.DisableFormatting)));
        return PutAsync("completing an upload", request, 0, ifAbsent, cancellationToken);
    }

    Task<bool> PutAsync(string what, HttpRequestMessage request, long bytes, bool ifAbsent, CancellationToken cancellationToken)
    {
        if (ifAbsent)
        {
            request.Headers.TryAddWithoutValidation("If-None-Match", "*");
        }

        return SendAsync(what, request, bytes, (response, _) => AzureErrors.CodeOf(response) switch
        {
            "" when response.IsSuccessStatusCode => Task.FromResult(true),
            "BlobAlreadyExists" or "ConditionNotMet" or "InvalidBlockList" => Task.FromResult(false),
            _ => throw AzureErrors.Translate(what, response),
        }, cancellationToken, HttpStatusCode.Conflict, HttpStatusCode.PreconditionFailed, HttpStatusCode.BadRequest);
    }

    /// <summary>Sends a request once; answers that are neither a success nor expected are failures.</summary>
    Task<T> SendAsync<T>(
        string what, HttpRequestMessage request, long bytes, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken, params HttpStatusCode[] expected) =>
        RemoteHttp.CallAsync($"{what} in '{container}'", bytes, async token =>
        {
            using (request)
            {
                await authorization.AuthorizeAsync(request, token);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token);
                var isOfContainer = AzureErrors.CodeOf(response) == "ContainerNotFound";
                return response.IsSuccessStatusCode || (expected.Contains(response.StatusCode) && !isOfContainer)
                    ? await read(response, token)
                    : throw AzureErrors.Translate($"{what} in '{container}'", response);
            }
        }, cancellationToken);

    HttpRequestMessage Request(HttpMethod method, string? key, string query = "")
    {
        var path = key is null ? "" : "/" + string.Join('/', key.Split('/').Select(Uri.EscapeDataString));
        var request = new HttpRequestMessage(method, new Uri($"{container}{path}{(query.Length > 0 ? "?" + query : "")}"));
        request.Headers.TryAddWithoutValidation("x-ms-version", Version);
        return request;
    }
}
