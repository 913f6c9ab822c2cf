namespace LakeAspire.Cli.Installations;

/// <summary>Where an installation's services are, and the key to them.</summary>
internal sealed record Installation(IReadOnlyDictionary<string, Uri> Endpoints, string Key, string Origin)
{
    public const string Portal = "portal";
    public const string Catalog = "catalog-api";
    public const string Ingest = "ingest-api";
    public const string Query = "query-api";

    /// <exception cref="CliException">The installation does not say where it is.</exception>
    public Uri AddressOf(string service) => Endpoints.TryGetValue(service, out var address)
        ? address
        : throw new CliException(ExitCodes.NotReachable, $"{Origin} does not say where its {service} is; does the installation run with all its parts?");
}
