using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LakeAspire.Hosting.Dashboard;

/// <summary>A call that ends with a gRPC status other than OK.</summary>
internal sealed class RpcException(GrpcStatus status, string message) : Exception(message)
{
    public GrpcStatus Status => status;
}

/// <summary>The status codes of gRPC that are used here.</summary>
internal enum GrpcStatus
{
    Ok = 0,
    Unknown = 2,
    NotFound = 5,
    ResourceExhausted = 8,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
}

/// <summary>gRPC over HTTP/2 on plain Kestrel (gRPC over HTTP2 protocol specification): framed messages in bodies, the status in trailers.</summary>
internal static class Grpc
{
    const string ContentType = "application/grpc";

    public static void MapUnary<TRequest, TResponse>(this IEndpointRouteBuilder app, string method, Func<TRequest, CancellationToken, Task<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new() where TResponse : IMessage<TResponse> =>
        app.MapPost(method, (HttpContext context) => RunAsync(context, async cancellationToken =>
        {
            var request = await GrpcFrames.ReadAsync<TRequest>(context.Request.BodyReader, cancellationToken);
            GrpcFrames.Write(context.Response.BodyWriter, await handler(request, cancellationToken));
        }));

    public static void MapServerStream<TRequest, TResponse>(this IEndpointRouteBuilder app, string method, Func<TRequest, CancellationToken, IAsyncEnumerable<TResponse>> handler)
        where TRequest : class, IMessage<TRequest>, new() where TResponse : IMessage<TResponse> =>
        app.MapPost(method, (HttpContext context) => RunAsync(context, async cancellationToken =>
        {
            var request = await GrpcFrames.ReadAsync<TRequest>(context.Request.BodyReader, cancellationToken);

            // The headers make the client's call "open", which it waits for; the first message may be long in coming.
            await OpenAsync(context, cancellationToken);
            await foreach (var message in handler(request, cancellationToken).WithCancellation(cancellationToken))
            {
                GrpcFrames.Write(context.Response.BodyWriter, message);
                await context.Response.BodyWriter.FlushAsync(cancellationToken);
            }
        }));

    /// <summary>A call of both directions that is accepted, read from and never answered, until either side goes.</summary>
    public static void MapSilent(this IEndpointRouteBuilder app, string method) =>
        app.MapPost(method, (HttpContext context) => RunAsync(context, async cancellationToken =>
        {
            await OpenAsync(context, cancellationToken);
            while (await context.Request.BodyReader.ReadAsync(cancellationToken) is { IsCompleted: false } read)
            {
                context.Request.BodyReader.AdvanceTo(read.Buffer.End);
            }
        }));

    public static void MapUnimplemented(this IEndpointRouteBuilder app) =>
        app.MapFallback((HttpContext context) => RunAsync(context, _ => throw new RpcException(GrpcStatus.Unimplemented, $"{context.Request.Path} is not implemented")));

    /// <summary>Sends the headers; to start a response only writes them.</summary>
    static async Task OpenAsync(HttpContext context, CancellationToken cancellationToken)
    {
        await context.Response.StartAsync(cancellationToken);
        await context.Response.BodyWriter.FlushAsync(cancellationToken);
    }

    static async Task RunAsync(HttpContext context, Func<CancellationToken, Task> body)
    {
        if (context.Request.ContentType?.StartsWith(ContentType, StringComparison.Ordinal) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        // Streams never end by themselves: without this they would hold up the shutdown.
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        context.Response.ContentType = ContentType;
        var (status, message) = (GrpcStatus.Ok, "");
        try
        {
            await body(ended.Token);
        }
        catch (RpcException fault)
        {
            (status, message) = (fault.Status, fault.Message);
        }
        catch (OperationCanceledException)
        {
            if (context.RequestAborted.IsCancellationRequested)
            {
                return;
            }

            (status, message) = (GrpcStatus.Unavailable, "the application host is shutting down");
        }
        catch (Exception error)
        {
            (status, message) = (GrpcStatus.Unknown, error.Message);
        }

        WriteStatus(context.Response, status, message);
    }

    /// <summary>In trailers after a body; as headers when the call failed before one ("trailers-only").</summary>
    static void WriteStatus(HttpResponse response, GrpcStatus status, string message)
    {
        Write("grpc-status", ((int)status).ToString(CultureInfo.InvariantCulture));
        if (message.Length > 0)
        {
            Write("grpc-message", Uri.EscapeDataString(message));
        }

        void Write(string name, string value)
        {
            if (response.HasStarted || status == GrpcStatus.Ok)
            {
                response.AppendTrailer(name, value);
            }
            else
            {
                response.Headers[name] = value;
            }
        }
    }
}
