using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace LakeAspire.ServiceDefaults.Lifetime;

/// <summary>
/// Stops the service when its parent is gone. The parent holds the other end of standard input and never writes to it;
/// the system closes that end however the parent dies, <c>kill -9</c> included.
/// </summary>
internal sealed partial class ParentWatch(IHostApplicationLifetime lifetime, TimeProvider time, ILogger<ParentWatch> logger) : BackgroundService
{
    /// <summary>Set to true by a parent that holds standard input open.</summary>
    public const string ConfigurationKey = "LAKEASPIRE_PARENT_PIPE";

    static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var input = Console.OpenStandardInput();
        await using (input.ConfigureAwait(false))
        {
            var buffer = new byte[64];

            // Reading a console cannot be cancelled: the wait for it is given up instead, or every shutdown would take as long as it may.
            while (await input.ReadAsync(buffer, stoppingToken).AsTask().WaitAsync(stoppingToken) > 0)
            {
                // Nothing is ever sent; whatever comes is not for us.
            }
        }

        ParentGone(logger);
        lifetime.StopApplication();
        _ = ExitAfterGraceAsync();
    }

    /// <summary>Ends a service whose graceful shutdown hangs; not waited for by the shutdown, nor cancelled by it.</summary>
    async Task ExitAfterGraceAsync()
    {
        await Task.Delay(Grace, time, CancellationToken.None);
        Environment.Exit(70);
    }

    [LoggerMessage(EventId = 110, Level = LogLevel.Information, Message = "The application host is gone; stopping")]
    static partial void ParentGone(ILogger logger);
}
