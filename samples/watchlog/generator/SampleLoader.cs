using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace LakeAspire.Samples.WatchLog;

/// <summary>Sends the sample month to Ingest.Api, a file a day. Sending it again does nothing: the files have the same names and bytes.</summary>
internal sealed partial class SampleLoader(IHttpClientFactory clients, ILogger<SampleLoader> logger)
{
    static readonly ActivitySource Source = new("LakeAspire.Sample");

    public async Task LoadAsync(WatchLogGenerator generator, CancellationToken cancellationToken)
    {
        using var activity = Source.StartActivity("load sample month");
        var client = clients.CreateClient("ingest-api");
        foreach (var day in WatchLogGenerator.AllDays)
        {
            var name = WatchLogGenerator.FileName(day);
            using var request = new HttpRequestMessage(HttpMethod.Put, $"streams/watchlog/files/{name}") { Content = new DayContent(generator, day) };
            using var response = await client.SendAsync(request, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new HttpRequestException($"{name}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }

            Sent(logger, name, generator.EventsOn(day));
        }
    }

    [LoggerMessage(EventId = 1900, Level = LogLevel.Information, Message = "Sent {File} with {Events} events")]
    static partial void Sent(ILogger logger, string file, long events);

    sealed class DayContent : HttpContent
    {
        readonly WatchLogGenerator generator;
        readonly DateOnly day;

        public DayContent(WatchLogGenerator generator, DateOnly day)
        {
            (this.generator, this.day) = (generator, day);
            Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            generator.WriteDayAsync(day, stream, CancellationToken.None);

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            generator.WriteDayAsync(day, stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
