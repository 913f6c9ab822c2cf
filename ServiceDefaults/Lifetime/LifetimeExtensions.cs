using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace LakeAspire.ServiceDefaults.Lifetime;

internal static class LifetimeExtensions
{
    public static void AddLifetime(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(8));
        if (builder.Configuration.GetValue<bool>(ParentWatch.ConfigurationKey))
        {
            builder.Services.AddHostedService<ParentWatch>();
        }
    }
}
