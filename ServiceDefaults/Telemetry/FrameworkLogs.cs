using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace LakeAspire.ServiceDefaults.Telemetry;

internal static class FrameworkLogs
{
    /// <summary>Traces show the requests; of the framework's logs only warnings are worth a line. The settings come first, so that any other source of configuration can ask for more.</summary>
    public static void QuietFrameworkLogs(this WebApplicationBuilder builder)
    {
        IConfigurationBuilder configuration = builder.Configuration;
        configuration.Sources.Insert(0, new MemoryConfigurationSource
        {
            InitialData = ((string[])["Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "System.Net.Http"])
                .Select(category => KeyValuePair.Create("Logging:LogLevel:" + category, (string?)"Warning")),
        });
    }
}
