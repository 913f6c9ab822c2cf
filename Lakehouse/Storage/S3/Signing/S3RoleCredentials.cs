using Amazon.Runtime;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Lakehouse.Formats;

namespace Lakehouse.Storage.S3.Signing;

/// <summary>Credentials for a while.</summary>
/// <param name="AccessKey">Access key.</param>
/// <param name="SecretKey">Its secret.</param>
/// <param name="SessionToken">The token that goes with it.</param>
/// <param name="ExpiresAt">When they end.</param>
public sealed record S3SessionCredentials(string AccessKey, string SecretKey, string SessionToken, DateTimeOffset ExpiresAt)
{
    /// <summary>Without its secrets.</summary>
    public override string ToString() => $"credentials until {ExpiresAt:O}";
}

/// <summary>Gets credentials for a while from a security token service (AWS's, Ceph's, MinIO's): those of a role, narrowed by a policy of each session.</summary>
public sealed class S3RoleCredentials : IDisposable
{
    readonly Lazy<AmazonSecurityTokenServiceClient> client;
    readonly string role;

    /// <param name="options">How the server is reached, and with which credentials.</param>
    /// <param name="endpoint">Address of the service; empty: that of the S3 server, or Amazon's.</param>
    /// <param name="role">ARN of the role.</param>
    public S3RoleCredentials(S3Options options, string endpoint, string role)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.role = role;
        client = new Lazy<AmazonSecurityTokenServiceClient>(() =>
        {
            var address = endpoint.Length > 0 ? endpoint : S3ClientFactory.EndpointOf(options);
            var region = S3ClientFactory.RegionOf(options);
            var config = new AmazonSecurityTokenServiceConfig { AuthenticationRegion = region, Timeout = TimeSpan.FromSeconds(30) };
            if (address.Length > 0)
            {
                config.ServiceURL = address;
            }
            else
            {
                config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(region);
            }

            return new AmazonSecurityTokenServiceClient(S3ClientFactory.CredentialsOf(options), config);
        });
    }

    /// <summary>Assumes the role.</summary>
    /// <param name="policy">What the session may do of what the role may, as a policy in JSON.</param>
    /// <param name="session">Name of the session, for the server's log.</param>
    /// <param name="lifetime">How long.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">Unavailable: the service failed or refused.</exception>
    public async Task<S3SessionCredentials> AssumeAsync(string policy, string session, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await client.Value.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = role, RoleSessionName = session, Policy = policy, DurationSeconds = (int)lifetime.TotalSeconds }, cancellationToken);
            var given = answer.Credentials;
            return new S3SessionCredentials(given.AccessKeyId, given.SecretAccessKey, given.SessionToken, given.Expiration is { } end ? new DateTimeOffset(end.ToUniversalTime()) : DateTimeOffset.MaxValue);
        }
        catch (AmazonServiceException exception)
        {
            throw new LakehouseException(LakehouseErrorKind.Unavailable, $"role {role} could not be assumed: {exception.Message}", exception);
        }
        catch (HttpRequestException exception)
        {
            throw new LakehouseException(LakehouseErrorKind.Unavailable, $"role {role} could not be assumed: the service does not answer", exception);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (client.IsValueCreated)
        {
            client.Value.Dispose();
        }
    }
}
