using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace LakeAspire.Hosting.Postgres;

/// <summary>
/// Asks for a connection and goes once the server asks for the password: it accepts connections then. While it starts, recovers or stops, it answers with an error instead
/// (PostgreSQL documentation, "Message Formats": StartupMessage, AuthenticationSASL, ErrorResponse). <c>pg_isready</c> does the same.
/// </summary>
internal sealed class PostgresHealthCheck(PostgresServerResource server) : IHealthCheck
{
    const int ProtocolVersion3 = 3 << 16;
    const byte AuthenticationRequest = (byte)'R';
    static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(server.PrimaryEndpoint.Host, server.PrimaryEndpoint.Port, limit.Token);
            var stream = client.GetStream();
            await stream.WriteAsync(Startup(await server.UserName.GetValueAsync(limit.Token) ?? ""), limit.Token);
            var answer = new byte[1];
            return await stream.ReadAsync(answer, limit.Token) == 1 && answer[0] == AuthenticationRequest
                ? HealthCheckResult.Healthy("accepts connections")
                : HealthCheckResult.Unhealthy("does not accept connections yet");
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return HealthCheckResult.Unhealthy(error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"no answer within {Limit.TotalSeconds:0} s");
        }
    }

    static byte[] Startup(string user)
    {
        var parameters = Encoding.UTF8.GetBytes($"user\0{user}\0database\0postgres\0\0");
        var message = new byte[8 + parameters.Length];
        BinaryPrimitives.WriteInt32BigEndian(message, message.Length);
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(4), ProtocolVersion3);
        parameters.CopyTo(message, 8);
        return message;
    }
}
