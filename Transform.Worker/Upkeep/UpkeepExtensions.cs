using LakeAspire.Transform.Pipelines;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace LakeAspire.Transform.Upkeep;

/// <summary>Table upkeep as a part of the worker.</summary>
public static class UpkeepExtensions
{
    /// <summary>Keeps the tables of <c>main</c> in shape for as long as the host runs, as <see cref="UpkeepServiceOptions"/> say.</summary>
    public static WebApplicationBuilder AddUpkeep(this WebApplicationBuilder builder)
    {
        builder.Services.AddLake();
        builder.Services.AddOptions<UpkeepServiceOptions>().BindConfiguration(UpkeepServiceOptions.SectionName).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UpkeepServiceOptions>>(new ValidateUpkeepOptions()));
        builder.Services.AddSingleton<UpkeepClient>();
        builder.Services.AddSingleton<UpkeepRound>();
        builder.Services.AddHostedService<UpkeepLoop>();
        return builder;
    }
}
