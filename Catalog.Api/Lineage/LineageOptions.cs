using System.ComponentModel.DataAnnotations;

namespace LakeAspire.Catalog.Lineage;

/// <summary>Settings of lineage: how OpenLineage events come in, and where they are sent on to.</summary>
internal sealed class LineageOptions : IValidatableObject
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Catalog:OpenLineage";

    /// <summary>Where every event is sent on to, as OpenLineage's HTTP transport sends them (<c>…/api/v1/lineage</c>). Null, the default, sends none.</summary>
    public Uri? Url { get; set; }

    /// <summary>Key for <see cref="Url"/>, sent as a bearer token. Default none.</summary>
    public string? Key { get; set; }

    /// <summary>OpenLineage namespace of this lake's tables. Default <c>lake</c>.</summary>
    [Required, MaxLength(255)]
    public string Namespace { get; set; } = "lake";

    /// <summary>Namespaces by which other tools name this catalog, such as the address by which they reach it: their <c>namespace.table</c> means a table of this lake. Default none.</summary>
    public string[] Aliases { get; set; } = [];

    /// <summary>Greatest size of one event, in bytes of JSON. Default 4 MiB.</summary>
    [Range(1024, 64 << 20)]
    public int MaxEventBytes { get; set; } = 4 << 20;

    /// <summary>Greatest number of events in one batch. Default 1000.</summary>
    [Range(1, 10_000)]
    public int MaxBatch { get; set; } = 1000;

    /// <summary>Greatest number of datasets that one run may name, and of edges that one event may bring for each of them. Default 2000.</summary>
    [Range(1, 100_000)]
    public int MaxDatasets { get; set; } = 2000;

    /// <summary>Greatest number of edges of one job into its outputs, columns counted one by one. Default 100,000.</summary>
    [Range(1, 1_000_000)]
    public int MaxEdges { get; set; } = 100_000;

    /// <summary>How old an event may be when it comes. Default 400 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromDays(400);

    /// <summary>How long events are kept as they came; what they say stays. Default 14 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00")]
    public TimeSpan KeepEvents { get; set; } = TimeSpan.FromDays(14);

    /// <summary>How long every run is kept. Of older ones those stay by which something came to be made in another way, so that the graph as of any time stays what it was. Default 30 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "36500.00:00:00")]
    public TimeSpan KeepRuns { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long an event is tried to be sent on before it is given up. Default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan SendFor { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Greatest number of events that wait to be sent on; of more the oldest are dropped, and the log says how many. Default 1,000,000.</summary>
    [Range(1, 100_000_000)]
    public int MaxWaiting { get; set; } = 1_000_000;

    /// <summary>Pause after a first failure of sending; it doubles with each further one. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan RetryPause { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause between two tries. Default 5 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan MaxRetryPause { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often new events are looked for that another instance took in. Default 1 second.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is null)
        {
            yield break;
        }

        if (!Url.IsAbsoluteUri || (Url.Scheme != Uri.UriSchemeHttp && Url.Scheme != Uri.UriSchemeHttps))
        {
            yield return new ValidationResult($"{SectionName}:Url must be an http or https address", [nameof(Url)]);
        }
        else if (Url.UserInfo.Length > 0 || Url.Query.Length > 0 || Url.Fragment.Length > 0)
        {
            // Addresses come to be seen in logs, also in those of others.
            yield return new ValidationResult($"{SectionName}:Url must have no user, no query and no fragment: a key goes into {SectionName}:Key, which is sent as a header", [nameof(Url)]);
        }
    }
}
