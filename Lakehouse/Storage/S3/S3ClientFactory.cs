using Amazon.Runtime;
using Amazon.S3;
using Lakehouse.Formats;

namespace Lakehouse.Storage.S3;

/// <summary>Makes the client of AWS's SDK. Retries are ours, so that a lost answer to a conditional put is known as one.</summary>
internal static class S3ClientFactory
{
    const string DefaultRegion = "us-east-1";

    public static AmazonS3Client Create(S3Options options, Func<HttpMessageHandler, HttpMessageHandler>? wrap)
    {
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            throw LakehouseException.InvalidData($"the options of S3 are wrong: {problem}");
        }

        var (endpoint, region) = (EndpointOf(options), RegionOf(options));
        var config = new AmazonS3Config
        {
            AuthenticationRegion = region,
            ForcePathStyle = options.PathStyle ?? endpoint.Length > 0,
            MaxErrorRetry = 0,
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = new ClientFactory(wrap),
        };
        if (endpoint.Length > 0)
        {
            config.ServiceURL = endpoint;
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
        }

        return options switch
        {
            { AccessKey: "" } => new AmazonS3Client(config),
            { SessionToken: "" } => new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), config),
            _ => new AmazonS3Client(new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.SessionToken), config),
        };
    }

    /// <summary>Address of the server; empty for Amazon's.</summary>
    public static string EndpointOf(S3Options options) => FirstSet(options.Endpoint, Variable("AWS_ENDPOINT_URL_S3"), Variable("AWS_ENDPOINT_URL"));

    public static string RegionOf(S3Options options) => FirstSet(options.Region, Variable("AWS_REGION"), Variable("AWS_DEFAULT_REGION"), DefaultRegion);

    /// <summary>Those of the options, else what AWS's usual chain finds.</summary>
    public static AWSCredentials CredentialsOf(S3Options options) => options switch
    {
        { AccessKey: "" } => Amazon.Runtime.Credentials.DefaultAWSCredentialsIdentityResolver.GetCredentials(),
        { SessionToken: "" } => new BasicAWSCredentials(options.AccessKey, options.SecretKey),
        _ => new SessionAWSCredentials(options.AccessKey, options.SecretKey, options.SessionToken),
    };

    static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? "";

    static string FirstSet(params string[] values) => Array.Find(values, value => value.Length > 0) ?? "";

    sealed class ClientFactory(Func<HttpMessageHandler, HttpMessageHandler>? wrap) : HttpClientFactory
    {
        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        readonly Lazy<HttpClient> client = new(() =>
        {
            var sending = Remote.RemoteHttp.Handler();
            return new HttpClient(wrap is null ? sending : wrap(sending)) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        });

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client.Value;
    }
}
