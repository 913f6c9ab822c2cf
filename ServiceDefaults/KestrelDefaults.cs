using Microsoft.AspNetCore.Hosting;

namespace LakeAspire.ServiceDefaults;

internal static class KestrelDefaults
{
    /// <summary>No server banner. Addresses come from ASPNETCORE_URLS alone, which the application host binds to loopback.</summary>
    public static void ConfigureKestrelDefaults(this IWebHostBuilder host) =>
        host.ConfigureKestrel(options => options.AddServerHeader = false);
}
