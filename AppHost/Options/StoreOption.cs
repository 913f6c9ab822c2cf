namespace LakeAspire.AppHost.Options;

/// <summary>The object store that holds landing, tables and catalog metadata, and what the environment says of its server.</summary>
internal sealed record StoreOption(string Location)
{
    static readonly string[] S3 = ["s3://", "s3a://"];
    static readonly string[] Azure = ["az://", "abfss://"];

    /// <summary>Variables that say how a store is reached, and the settings of the services that they become. They are passed on as environment and nothing else.</summary>
    static readonly (string[] Schemes, string Variable, string Setting, bool IsSecret)[] Known =
    [
        (S3, "AWS_ENDPOINT_URL_S3", "Lake__Storage__S3__Endpoint", false),
        (S3, "AWS_REGION", "Lake__Storage__S3__Region", false),
        (S3, "AWS_ACCESS_KEY_ID", "Lake__Storage__S3__AccessKey", true),
        (S3, "AWS_SECRET_ACCESS_KEY", "Lake__Storage__S3__SecretKey", true),
        (S3, "AWS_SESSION_TOKEN", "Lake__Storage__S3__SessionToken", true),
        (Azure, "AZURE_STORAGE_ACCOUNT", "Lake__Storage__Azure__Account", false),
        (Azure, "AZURE_STORAGE_BLOB_ENDPOINT", "Lake__Storage__Azure__Endpoint", false),
        (Azure, "AZURE_STORAGE_KEY", "Lake__Storage__Azure__AccountKey", true),
    ];

    /// <exception cref="OptionException">It is no location of an object store.</exception>
    public static StoreOption Parse(string value, string source)
    {
        var location = value.TrimEnd('/');
        var isStore = S3.Concat(Azure).Any(scheme => location.StartsWith(scheme, StringComparison.Ordinal) && location.Length > scheme.Length && location[scheme.Length] != '/');
        return isStore && location.LastIndexOf("//", StringComparison.Ordinal) == location.IndexOf("//", StringComparison.Ordinal) && !location.Any(char.IsControl)
            ? new StoreOption(location)
            : throw new OptionException($"{source} is s3://BUCKET/PREFIX or az://CONTAINER/PREFIX, not '{value}'.");
    }

    /// <summary>What the services are given of the environment.</summary>
    public IEnumerable<(string Parameter, string Setting, string Value, bool IsSecret)> Settings(Func<string, string?> environment) =>
        from known in Known
        where Array.Exists(known.Schemes, scheme => Location.StartsWith(scheme, StringComparison.Ordinal))
        let value = environment(known.Variable)
        where value is { Length: > 0 }
        select (known.Variable.ToLowerInvariant().Replace('_', '-'), known.Setting, value, known.IsSecret);
}
