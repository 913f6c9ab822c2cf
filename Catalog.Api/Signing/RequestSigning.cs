using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Planning;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;
using Lakehouse.Storage.S3.Signing;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Signing;

/// <summary>Signs requests to S3 for callers that have no key, each for what the caller may do with the table, and none that would take away or replace a file that something still needs.</summary>
internal sealed class RequestSigning
{
    const string DeltaLog = "/_delta_log/";
    const string Purpose = "staged tables";

    readonly S3RequestSigner? signer;
    readonly TableLookup lookup;
    readonly TablePlaces places;
    readonly NeededFiles needed;
    readonly MetadataFiles files;
    readonly RawTables tables;
    readonly IAccess access;
    readonly SealedTokens tokens;
    readonly TimeProvider time;

    public RequestSigning(
        IOptions<StorageOptions> storage, IOptions<DelegationOptions> options, TableLookup lookup, TablePlaces places, NeededFiles needed, MetadataFiles files, RawTables tables, IAccess access, SealedTokens tokens,
        TimeProvider time)
    {
        (this.lookup, this.places, this.needed, this.files, this.tables, this.access, this.tokens, this.time) = (lookup, places, needed, files, tables, access, tokens, time);
        var root = storage.Value.Warehouse;
        Server = ObjectStores.IsRemote(root) && ObjectStores.RootOf(root).StartsWith("s3://", StringComparison.Ordinal) ? new S3RequestSigner(root, storage.Value.S3, options.Value.PublicEndpoint, time) : null;
        signer = options.Value.RemoteSigning ? Server : null;
    }

    /// <summary>The S3 server that the lake lies on; null where it lies elsewhere.</summary>
    public S3RequestSigner? Server { get; }

    /// <summary>What signs; null where the lake does not lie in S3, or nothing is signed.</summary>
    public S3RequestSigner? Signer => signer;

    /// <summary>Signs a request.</summary>
    /// <param name="view">The state of the lake that the caller works on.</param>
    /// <param name="name">The table; null: that of the object.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="request">The request.</param>
    /// <param name="staged">What was given for a table that is staged only; null for others.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ApiException">403: the caller may not do this, or nobody; 400: the request is malformed.</exception>
    public async Task<(RemoteSignResult Result, bool MayBeKept)> SignAsync(
        LakeView view, TableName? name, Caller caller, RemoteSignRequest request, string? staged, CancellationToken cancellationToken)
    {
        if (signer is null || request.Provider is not (null or "" or "s3"))
        {
            throw CatalogErrors.BadRequest("requests to S3 are signed here only, and only where the lake lies in S3");
        }

        var (uri, action) = Understood(request);
        if (name is { } wanted && !string.IsNullOrEmpty(staged) && await lookup.FindAsync(view, wanted, cancellationToken) is null)
        {
            await CheckStagedAsync(view, wanted, caller, staged, action, cancellationToken);
        }
        else
        {
            await CheckAsync(view, await TableOfAsync(view, name, action, cancellationToken), caller, action, cancellationToken);
        }

        var signed = await signer.SignAsync(request.Method!, uri, SignedHeaders.Of(request.Headers), action.Kind == SignedKind.Delete ? request.Body : null, cancellationToken);
        return (new RemoteSignResult(uri.Text, signed.ToDictionary(header => header.Key, header => new[] { header.Value }, StringComparer.Ordinal)), action.Kind == SignedKind.Read);
    }

    /// <summary>What a client has to send along to write the files of a table that it has only staged.</summary>
    public string Stage(LakeView view, TableName name, Caller caller, TableMetadata metadata) =>
        tokens.Seal(Purpose, new StagedTable(metadata.TableUuid, metadata.Location, name.Namespace.Text, name.Name, view.Branch, caller.Name, time.GetUtcNow().ToUnixTimeSeconds())) ?? "";

    /// <summary>A table that is staged has a folder that nobody else has, and nothing needs its files yet.</summary>
    async Task CheckStagedAsync(LakeView view, TableName name, Caller caller, string token, SignedAction action, CancellationToken cancellationToken)
    {
        if (tokens.Open<StagedTable>(Purpose, token) is not { } table || table.Namespace != name.Namespace.Text || table.Name != name.Name || table.Branch != view.Branch || table.Caller != caller.Name
            || DateTimeOffset.FromUnixTimeSeconds(table.IssuedAt) + StagedTable.Lifetime < time.GetUtcNow())
        {
            throw CatalogErrors.Forbidden($"{name} does not exist, and was not staged by you lately.");
        }

        await access.DemandAsync(caller, Privilege.Create, Securable.Namespace(name.Namespace), view, cancellationToken);
        foreach (var location in action.Locations)
        {
            if (!TablePlaces.IsBelow([table.Location], location))
            {
                throw CatalogErrors.Forbidden($"{Shown(location)} does not lie in the folder of {name}.");
            }
        }

        if ((await places.AroundAsync(table.Id, table.Location, cancellationToken)).Count > 0 || (await places.BelowAsync(table.Id, table.Location, cancellationToken)).Count > 0)
        {
            throw CatalogErrors.Forbidden("Another table lies in the same folder.");
        }

        if (action.Kind is SignedKind.Write or SignedKind.Delete)
        {
            await RefuseNeededAsync(view, [], action, cancellationToken);
        }
    }

    (S3RequestUri Uri, SignedAction Action) Understood(RemoteSignRequest request)
    {
        try
        {
            var uri = S3RequestUri.Parse(request.Uri ?? throw CatalogErrors.BadRequest("uri is missing"));
            var address = S3Address.Of(uri, signer!.Endpoints);
            if (address.Bucket != signer.Bucket)
            {
                throw CatalogErrors.Forbidden("The address is of another bucket than the warehouse's.");
            }

            if (request.Headers is null || request.Region is null)
            {
                throw CatalogErrors.BadRequest("headers or region is missing");
            }

            return (uri, SignedAction.Of(request.Method ?? throw CatalogErrors.BadRequest("method is missing"), uri, address, request.Body));
        }
        catch (LakehouseException exception) when (exception.Kind is LakehouseErrorKind.InvalidData)
        {
            throw CatalogErrors.BadRequest(exception.Message);
        }
    }

    async Task<PointerRow> TableOfAsync(LakeView view, TableName? name, SignedAction action, CancellationToken cancellationToken)
    {
        if (name is not null)
        {
            return await lookup.GetAsync(view, name.Value, cancellationToken);
        }

        var around = await places.AroundAsync(Guid.Empty, action.Locations[0], cancellationToken);
        var seen = await lookup.ByIdsAsync(view, [.. around.Select(p => p.TableId)], cancellationToken);
        return seen.Values.Where(p => p.Kind == PointerKind.Table).MaxBy(p => p.Location.Length) ?? throw CatalogErrors.Forbidden("The address is of no table.");
    }

    async Task CheckAsync(LakeView view, PointerRow pointer, Caller caller, SignedAction action, CancellationToken cancellationToken)
    {
        var metadata = await files.ReadAsync(pointer.MetadataLocation, cancellationToken);
        var own = await places.OfAsync(pointer.TableId, metadata, cancellationToken);
        if (action.Locations.FirstOrDefault(location => !TablePlaces.IsBelow(own, location)) is { } outside)
        {
            throw CatalogErrors.Forbidden($"{Shown(outside)} does not lie in the folder of {TableLookup.NameOf(pointer)}.");
        }

        var others = new List<PointerRow>();
        foreach (var folder in action.Locations.Select(FolderOf).Distinct(StringComparer.Ordinal))
        {
            others.AddRange(await places.AroundAsync(pointer.TableId, folder, cancellationToken));
            if (action.Kind == SignedKind.List)
            {
                others.AddRange(await places.BelowAsync(pointer.TableId, folder, cancellationToken));
            }
        }

        var privilege = await DemandAsync(view, pointer, metadata, caller, action, cancellationToken);
        if (!await places.MayAsync(caller, privilege, view, others, cancellationToken))
        {
            throw CatalogErrors.Forbidden("Another table lies in the same folder, and you may not do this there.");
        }

        if (action.Kind is SignedKind.Write or SignedKind.Delete)
        {
            await RefuseNeededAsync(view, [pointer.TableId, .. others.Select(p => p.TableId)], action, cancellationToken);
        }
    }

    async Task<Privilege> DemandAsync(LakeView view, PointerRow pointer, TableMetadata metadata, Caller caller, SignedAction action, CancellationToken cancellationToken)
    {
        var privilege = action.Kind switch { SignedKind.Delete => Privilege.Modify, SignedKind.Write => Privilege.Append, _ => Privilege.Select };
        var table = RawTables.Of(pointer);
        if (action.Kind is SignedKind.Write or SignedKind.Delete)
        {
            await access.DemandAsync(caller, privilege, table, view.Branch, cancellationToken);
            return privilege;
        }

        await tables.DemandWholeAsync(caller, TableLookup.NameOf(pointer), pointer.TableId, cancellationToken);
        if (!await access.MayAsync(caller, Privilege.Select, table, view.Branch, cancellationToken))
        {
            // Who appends has to read the lists and manifests that it adds to.
            var isMetadata = TablePlaces.IsBelow([ObjectStores.Canonical(TableLocations.MetadataFolder(metadata))], action.Locations[0]);
            await access.DemandAsync(caller, privilege = isMetadata ? Privilege.Append : Privilege.Select, table, view.Branch, cancellationToken);
        }

        return privilege;
    }

    async Task RefuseNeededAsync(LakeView view, IReadOnlyCollection<Guid> tableIds, SignedAction action, CancellationToken cancellationToken)
    {
        if (!view.IsWritable)
        {
            throw CatalogErrors.Forbidden($"'{view.Ref.Text}' is a tag or a point of the past: nothing is written there.");
        }

        foreach (var location in action.Locations)
        {
            if (location.Contains(DeltaLog, StringComparison.Ordinal) || location.Contains(".metadata.json", StringComparison.Ordinal))
            {
                throw CatalogErrors.Forbidden($"{Shown(location)} is written and deleted by this installation alone.");
            }
        }

        if (await needed.FirstAsync(tableIds, action.Locations, cancellationToken) is { } file)
        {
            throw CatalogErrors.Forbidden($"{Shown(file)} is still needed by a branch, a tag, a snapshot that is kept or a dropped table that may come back: it is neither deleted nor replaced.");
        }
    }

    static string FolderOf(string location) => location[..location.LastIndexOf('/')];

    static string Shown(string location) => location.Length > 300 ? string.Concat("…", location.AsSpan(location.Length - 300)) : location;
}

/// <summary>A table that a client has staged, as it carries it about.</summary>
internal sealed record StagedTable(Guid Id, string Location, string Namespace, string Name, string Branch, string Caller, long IssuedAt)
{
    /// <summary>How long its files may be written before it is committed.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromDays(1);
}
