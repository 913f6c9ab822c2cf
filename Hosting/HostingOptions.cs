using Aspire.Hosting;

namespace LakeAspire.Hosting;

/// <summary>What this implementation of hosting can be told beyond the application model.</summary>
public sealed class HostingOptions
{
    /// <summary>The name that the terminal shows. Default: the AppHost's name.</summary>
    public string ApplicationName { get; set; } = "";

    /// <summary>Folder for a log file of each resource; null for none.</summary>
    public string? LogFolder { get; set; }

    /// <summary>What a log file may grow to before it is put aside, bytes; one older file is kept. Default 8 MiB.</summary>
    public long LogFileLimit { get; set; } = 8 << 20;

    /// <summary>Which option moves the ports, for the error about one that is taken.</summary>
    public string PortHint { get; set; } = "choose another port, or stop what uses it";

    /// <summary>Address of the dashboard and of what it receives; ports of 0 are chosen freely.</summary>
    public DashboardPorts Dashboard { get; set; } = new(0, 0, 0);

    /// <summary>Folder of the dashboard's program (<c>bundle/managed/aspire-managed</c> below it); null when there is none for this platform.</summary>
    public string? DashboardFolder { get; set; }

    /// <summary>Folder of PostgreSQL's programs (<c>bin/postgres</c> below it).</summary>
    public string? PostgresFolder { get; set; }

    /// <summary>Where data and programs go when the user that PostgreSQL runs as cannot enter theirs.</summary>
    public FallbackFolders Fallback { get; set; } = new("/var/lib/lakeaspire", "/var/cache/lakeaspire");

    /// <summary>Stays the same for an installation; names its folder below <see cref="FallbackFolders.Data"/>.</summary>
    public string InstallationId { get; set; } = "";

    /// <summary>Lines shown at the top, after the name.</summary>
    public IList<string> Introduction { get; } = [];

    /// <summary>Lines shown below the table of services once all of them are healthy.</summary>
    public IList<Func<IServiceProvider, CancellationToken, Task<string?>>> Notes { get; } = [];

    /// <summary>Watches the running application and returns lines to show as things happen.</summary>
    public IList<Func<IServiceProvider, CancellationToken, IAsyncEnumerable<string>>> Reports { get; } = [];
}

/// <summary>Access to <see cref="HostingOptions"/>.</summary>
public static class HostingOptionsExtensions
{
    /// <summary>Tells this implementation of hosting what the application model cannot say.</summary>
    public static IDistributedApplicationBuilder ConfigureHosting(this IDistributedApplicationBuilder builder, Action<HostingOptions> configure)
    {
        configure(((DistributedApplicationBuilder)builder).HostingOptions);
        return builder;
    }
}

/// <summary>Ports of the dashboard: its pages, OTLP over gRPC, and the resource service that it reads.</summary>
public sealed record DashboardPorts(int Frontend, int Otlp, int ResourceService);

/// <summary>Folders outside of the installation's own.</summary>
public sealed record FallbackFolders(string Data, string Programs);
