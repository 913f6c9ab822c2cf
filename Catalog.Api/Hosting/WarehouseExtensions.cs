using LakeAspire.Catalog.Metadata;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Hosting;

internal static class WarehouseExtensions
{
    /// <summary>The store that all tables lie in, chosen by the scheme of <c>Lake:Storage:Warehouse</c>.</summary>
    public static void AddWarehouse(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<StorageOptions>().BindConfiguration(StorageOptions.SectionName).ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        builder.Services.AddSingleton(provider => Open(provider.GetRequiredService<IOptions<StorageOptions>>().Value, provider.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<MetadataFiles>();
        builder.Services.AddSingleton<WarehouseLocations>();
    }

    static IObjectStore Open(StorageOptions options, TimeProvider time) => ObjectStores.Open(options.Warehouse, options, time);
}

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options) =>
        options.Problems(nameof(StorageOptions.Warehouse)) is { Count: > 0 } problems ? ValidateOptionsResult.Fail(problems) : ValidateOptionsResult.Success;
}

/// <summary>A store that is away is 503, a file that is gone 404 of a type of its own. What files say is no fault of the caller, and so stays a 500 with an error id.</summary>
internal sealed class StorageExceptionMapper : IExceptionMapper
{
    public ApiException? Map(Exception exception) => exception switch
    {
        LakehouseException { Kind: LakehouseErrorKind.Unavailable or LakehouseErrorKind.OutcomeUnknown } => CatalogErrors.Unavailable("The warehouse's store failed; nothing was committed."),
        LakehouseException { Kind: LakehouseErrorKind.NotFound } gone => new ApiException(404, gone.Message, "NotFoundException"),
        _ => null,
    };
}
