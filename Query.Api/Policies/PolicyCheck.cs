using System.Text.Json;
using LakeAspire.Query.Resolution;
using LakeAspire.Query.Sql;
using LakeAspire.Query.Worker.Protocol;
using LakeAspire.Query.Workers;
using LakeAspire.ServiceDefaults.Authentication;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;
using Microsoft.Extensions.Options;

namespace LakeAspire.Query.Policies;

/// <summary><c>POST /policies/check</c>, for the catalog: binds a policy that is about to be stored to the columns of its table, as it will be when it is applied.</summary>
internal sealed class PolicyCheck(PolicyReader reader, QueryRunner runner, QueryFolders folders, IOptions<QueryOptions> options)
{
    public static void Map(WebApplication app) =>
        app.MapPost("/policies/check", (HttpContext context, PolicyCheck check) => check.HandleAsync(context)).RequireAuthorization(LakeRoles.Service);

    async Task HandleAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        PolicyCheckRequest? request;
        try
        {
            request = await context.Request.ReadFromJsonAsync(ResolutionJson.Default.PolicyCheckRequest, stop);
        }
        catch (JsonException malformed)
        {
            throw new ApiException(400, $"The body is not what it should be, at {malformed.Path ?? "$"}.");
        }

        var answer = new PolicyCheckAnswer(await ProblemAsync(request ?? throw new ApiException(400, "The body is empty."), stop));
        await context.Response.WriteAsJsonAsync(answer, ResolutionJson.Default.PolicyCheckAnswer, contentType: null, stop);
    }

    async Task<string?> ProblemAsync(PolicyCheckRequest request, CancellationToken stop)
    {
        try
        {
            var probe = await reader.ProbeAsync(request.Rule, request.MetadataLocation, stop);
            using var folder = folders.Create();
            using var rows = new MemoryStream();
            await runner.RunAsync(Order(probe.Sql, folder.Path), [], (bytes, token) => rows.WriteAsync(bytes, token), stop);
            using var row = JsonDocument.Parse(rows.ToArray());
            return probe.Problem(row.RootElement);
        }
        catch (PolicyFault fault)
        {
            return fault.Message;
        }
        catch (ApiException refused) when (refused.Status is 400 or 403 or 413)
        {
            return refused.Message;
        }
        catch (LakehouseException unsupported) when (unsupported.Kind == LakehouseErrorKind.Unsupported)
        {
            return unsupported.Message;
        }
    }

    QueryOrder Order(string sql, string folder) => new()
    {
        Sql = sql,
        Format = ResultFormat.Ndjson,
        Tables = [],
        Paths = [],
        Folder = folder,
        MemoryLimit = options.Value.MemoryLimit,
        ProcessMemoryLimit = options.Value.ProcessMemoryLimit,
        MaxTempSize = options.Value.MaxTempSize,
        Threads = options.Value.Threads,
        MaxRows = 1,
        MaxBytes = options.Value.MaxBytes,
    };
}
