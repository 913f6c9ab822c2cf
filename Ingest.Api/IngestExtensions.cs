using LakeAspire.Ingest.Receiving;
using LakeAspire.Ingest.Streams;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats.IO;
using Lakehouse.Sources.Landing;
using Lakehouse.Storage;
using Microsoft.Extensions.Options;

namespace LakeAspire.Ingest;

/// <summary>The service in two calls.</summary>
public static class IngestExtensions
{
    /// <summary>Adds what receives data.</summary>
    public static void AddIngest(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<IngestOptions>().BindConfiguration(IngestOptions.SectionName).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<IngestOptions>, ValidateIngestOptions>();
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.SectionName).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<StorageOptions>, ValidateLandingOptions>();
        builder.Services.AddSingleton<IObjectStore>(services =>
            Open(services.GetRequiredService<IOptions<StorageOptions>>().Value, services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<LandingZone>();
        builder.Services.AddSingleton<Receiver>();
        builder.Services.AddSingleton<IExceptionMapper, IngestErrors>();
        builder.Services.AddHealthChecks().AddCheck<LandingHealthCheck>("landing");

        // What limits a request is its content, decompressed: counted while it is read, by the options.
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
    }

    static IObjectStore Open(StorageOptions options, TimeProvider time) => ObjectStores.Open(options.Landing, options, time);

    /// <summary>Maps the endpoints.</summary>
    public static void MapIngest(this WebApplication app)
    {
        app.MapReceiving();
        app.MapStreamLists();
    }
}
