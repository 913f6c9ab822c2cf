using System.Security.Cryptography;
using System.Text.Json;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Iceberg;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.Catalog.Views;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats.Iceberg;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Idempotency;

/// <summary>Gives answers again. Of what a commit made only the commit is kept with the key: the metadata files say the rest.</summary>
internal sealed class KeptAnswers(CatalogReads reads, MetadataFiles files, Delegations delegations, IAccess access, CommitRights rights)
{
    /// <summary>Type of the exception that says that a commit found its key taken.</summary>
    public const string KeyUsed = "IdempotencyKeyUsed";

    /// <summary>Header that tells an answer that is given again.</summary>
    public const string HeaderName = "LakeAspire-Replayed";

    /// <summary>An error, as it is kept.</summary>
    public static string Content(ApiException exception) => JsonSerializer.Serialize(new KeptError(exception.Message, exception.Type, exception.Extension), IcebergBodies.Json);

    /// <summary>What is kept of an answer that says nothing.</summary>
    public const string Nothing = "{}";

    /// <summary>What is kept of the answer to a change that changed nothing: where the metadata lay that it shows.</summary>
    public static string Unchanged(string metadataLocation) => JsonSerializer.Serialize(new KeptState(metadataLocation, Staged: null), IcebergBodies.Json);

    /// <summary>What is kept of a table that was staged: all of it, since it lies nowhere.</summary>
    public static string Staged(TableMetadata metadata) =>
        JsonSerializer.Serialize(new KeptState(MetadataLocation: null, JsonDocument.Parse(TableMetadataJson.Write(metadata)).RootElement), IcebergBodies.Json);

    /// <summary>Gives the answer of a key.</summary>
    /// <param name="context">The request.</param>
    /// <param name="route">Its route.</param>
    /// <param name="kept">The answer.</param>
    /// <param name="fingerprint">Digest of the request: it must be the one that was answered.</param>
    public async Task WriteAsync(HttpContext context, IdempotentRoute route, IdempotencyKeyRow kept, byte[] fingerprint)
    {
        if (!CryptographicOperations.FixedTimeEquals(fingerprint, kept.Fingerprint))
        {
            throw CatalogErrors.BadRequest($"The key {kept.Key} was used for another request: a key stands for one operation, make a new one.");
        }

        // Headers of an answer are cleared when it becomes an error.
        context.Response.OnStarting(() =>
        {
            context.Response.Headers[HeaderName] = "true";
            return Task.CompletedTask;
        });
        if (kept.Status >= 400)
        {
            var error = JsonSerializer.Deserialize<KeptError>(kept.Content!, IcebergBodies.Json)!;
            throw new ApiException(kept.Status, error.Message, error.Type, error.Extension);
        }

        CommitHeader.Set(context, kept.CommitId);
        await WriteAsync(context, route.Form, kept);
    }

    async Task WriteAsync(HttpContext context, AnswerForm form, IdempotencyKeyRow kept)
    {
        switch (form)
        {
            case AnswerForm.Namespace:
                var body = await IcebergBodies.ReadAsync<CreateNamespaceRequest>(context.Request, context.RequestAborted);
                await context.Response.WriteAsJsonAsync(new NamespaceResponse(body.Namespace!, body.Properties ?? []), IcebergBodies.Json, context.RequestAborted);
                break;
            case AnswerForm.Kept:
                context.Response.ContentType = "application/json";
                await context.Response.WriteAsync(kept.Content!, context.RequestAborted);
                break;
            case AnswerForm.Table when StateOf(kept) is { Staged: { } staged }:
                await WriteStagedAsync(context, TableMetadataJson.Read(staged));
                break;
            case AnswerForm.Table or AnswerForm.CommittedTable:
                var table = await LocationAsync(context, kept);
                await TableResponses.WriteAsync(context, table, await files.ReadAsync(table, context.RequestAborted), isCommit: form == AnswerForm.CommittedTable);
                break;
            case AnswerForm.View:
                var view = await LocationAsync(context, kept);
                await ViewEndpoints.WriteAsync(context, new CommittedView(kept.CommitId, view, await files.ReadViewAsync(view, context.RequestAborted)));
                break;
            default:
                context.Response.StatusCode = kept.Status;
                break;
        }
    }

    /// <summary>The same table for the same client, who may still make it, with a token of now by which its files are written.</summary>
    async Task WriteStagedAsync(HttpContext context, TableMetadata staged)
    {
        var view = await LakeView.OfAsync(context);
        var body = await IcebergBodies.ReadAsync<CreateTableRequest>(context.Request, context.RequestAborted);
        var name = TableName.Parse(NamespaceName.ParseRoute((string)context.Request.RouteValues["ns"]!), body.Name);
        await rights.DemandCreateAsync(Caller.Of(context), view, name.Namespace, context.RequestAborted);
        await TableResponses.WriteAsync(context, metadataLocation: null, staged, delegation: () => Task.FromResult(delegations.OfStaged(context, view, name, staged)));
    }

    static KeptState? StateOf(IdempotencyKeyRow kept) => kept is { CommitId: null, Content: { } content } ? JsonSerializer.Deserialize<KeptState>(content, IcebergBodies.Json) : null;

    /// <summary>The metadata file of what the commit left, or else of what it dropped; for whoever may still know of it.</summary>
    async Task<string> LocationAsync(HttpContext context, IdempotencyKeyRow kept)
    {
        var unchanged = StateOf(kept)?.MetadataLocation;
        string? TextOf(string part) => (string?)context.Request.RouteValues.GetValueOrDefault(part);
        var (space, name) = unchanged is null ? (null, null) : (NamespaceName.ParseRoute(TextOf("ns")!).Text, TextOf("table") ?? TextOf("name"));
        var found = await reads.QueryAsync(
            db => db.Pointers.Where(p => unchanged == null ? p.FromCommit == kept.CommitId : p.Namespace == space && p.Name == name && p.MetadataLocation == unchanged).OrderBy(p => p.Dropped).ThenBy(p => p.Id)
                .Join(db.Branches, p => p.BranchId, b => b.Id, (p, b) => new { Pointer = p, Branch = b.Name }).FirstOrDefaultAsync(context.RequestAborted),
            context.RequestAborted);
        if (found is not { Pointer: var pointer, Branch: var branch })
        {
            throw CatalogErrors.BadRequest($"The request with the key {kept.Key} was carried out, by commit {kept.CommitId}, of which nothing is kept any more.");
        }

        var securable = Securable.Object(TableLookup.NameOf(pointer), pointer.TableId, pointer.Owner, pointer.Kind == PointerKind.View);
        var caller = Caller.Of(context);
        await access.DemandAsync(caller, Privilege.Describe, securable, branch, context.RequestAborted);
        return await access.PolicyAsync(caller, pointer.TableId, context.RequestAborted) is null
            ? pointer.MetadataLocation
            : throw CatalogErrors.Forbidden($"The request with the key {kept.Key} was carried out. The table has a row filter or masks that hold for you since: read it by SQL.");
    }

    sealed record KeptState(string? MetadataLocation, JsonElement? Staged);

    sealed record KeptError(string Message, string Type, IReadOnlyDictionary<string, object?>? Extension);
}
