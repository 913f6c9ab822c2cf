using System.Globalization;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Planning;
using LakeAspire.Catalog.Signing;
using LakeAspire.Catalog.Tables;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;
using Lakehouse.Storage.Azure;
using Lakehouse.Storage.S3.Signing;
using Microsoft.Extensions.Options;

namespace LakeAspire.Catalog.Credentials;

/// <summary>Decides how a caller reaches the files of a table: by credentials for a while, by requests that are signed here, or by what it brings along. Keys of the installation are never given.</summary>
internal sealed class Delegations : IDisposable
{
    /// <summary>The header by which clients say which ways they know.</summary>
    public const string Header = "X-Iceberg-Access-Delegation";

    const string VendedCredentials = "vended-credentials";
    const string RemoteSigning = "remote-signing";

    readonly RequestSigning signing;
    readonly TablePlaces places;
    readonly IAccess access;
    readonly DelegationOptions options;
    readonly string planningMode;
    readonly TimeProvider time;
    readonly ILogger<Delegations> logger;
    readonly S3RoleCredentials? role;
    readonly AzureSharedAccess? azure;
    readonly string root;

    public Delegations(
        RequestSigning signing, TablePlaces places, IAccess access, IOptions<StorageOptions> storage, IOptions<DelegationOptions> options, IOptions<PlanningOptions> planning, TimeProvider time, ILogger<Delegations> logger)
    {
        (this.signing, this.places, this.access, this.options, this.time, this.logger) = (signing, places, access, options.Value, time, logger);
        planningMode = planning.Value.Mode;
        root = storage.Value.Warehouse.TrimEnd('/');
        if (ObjectStores.IsRemote(root))
        {
            var isS3 = ObjectStores.RootOf(root).StartsWith("s3://", StringComparison.Ordinal);
            role = isS3 && this.options.Role.Length > 0 ? new S3RoleCredentials(storage.Value.S3, this.options.TokenService, this.options.Role) : null;
            azure = isS3 ? null : AzureSharedAccess.Create(root, storage.Value.Azure);
        }
    }

    /// <summary>What a client that loads a table gets, by the ways that it says it knows.</summary>
    public async Task<Delegation> OfAsync(HttpContext context, LakeView view, PointerRow pointer, TableMetadata metadata, CancellationToken cancellationToken)
    {
        var known = Known(context);
        var config = new Dictionary<string, string>(StringComparer.Ordinal);
        if (planningMode.Length > 0)
        {
            config["scan-planning-mode"] = planningMode;
        }

        var caller = Caller.Of(context);
        var rights = await RightsAsync(view, pointer, caller, cancellationToken);
        if (rights is null)
        {
            return new Delegation(config, []);
        }

        AddServer(config);
        if (known.Contains(VendedCredentials) && await CredentialsAsync(view, pointer, metadata, caller, rights.Value, cancellationToken) is { Count: > 0 } credentials)
        {
            // Clients from before there was a list of credentials look for them here.
            foreach (var (key, value) in credentials[0].Config)
            {
                config[key] = value;
            }

            return new Delegation(config, credentials);
        }

        if (!known.Contains(RemoteSigning) || signing.Signer is null)
        {
            return new Delegation(config, []);
        }

        AddSigner(config, view, TableLookup.NameOf(pointer), "");
        return new Delegation(config, [], IsSigned: true);
    }

    /// <summary>What a client gets that stages a table, to write its files before it is there: requests signed, if it knows that way.</summary>
    public Delegation OfStaged(HttpContext context, LakeView view, TableName name, TableMetadata metadata)
    {
        if (signing.Signer is null || !Known(context).Contains(RemoteSigning))
        {
            return Delegation.None;
        }

        var (config, token) = (new Dictionary<string, string>(StringComparer.Ordinal), signing.Stage(view, name, Caller.Of(context), metadata));
        AddServer(config);
        AddSigner(config, view, name, $"?{SignEndpoints.StagedProperty}={token}");
        return new Delegation(config, [], IsSigned: true) { SigningProperties = new Dictionary<string, string>(StringComparer.Ordinal) { [SignEndpoints.StagedProperty] = token } };
    }

    /// <summary>Credentials for a table; none where there are none that are good for it alone.</summary>
    public async Task<IReadOnlyList<StorageCredentialBody>> CredentialsAsync(LakeView view, PointerRow pointer, TableMetadata metadata, Caller caller, CancellationToken cancellationToken) =>
        await RightsAsync(view, pointer, caller, cancellationToken) is { } rights ? await CredentialsAsync(view, pointer, metadata, caller, rights, cancellationToken) : [];

    /// <summary>Credentials of S3 for a table, or null.</summary>
    public async Task<S3SessionCredentials?> SessionAsync(LakeView view, PointerRow pointer, TableMetadata metadata, Caller caller, bool mayWrite, CancellationToken cancellationToken)
    {
        if (role is null || await OwnFoldersAsync(view, pointer, metadata, caller, mayWrite, cancellationToken) is not { } folders)
        {
            return null;
        }

        var bucket = ObjectStores.RootOf(root)["s3://".Length..];
        var prefixes = folders.Where(folder => folder.StartsWith($"s3://{bucket}/", StringComparison.Ordinal)).Select(folder => folder[$"s3://{bucket}/".Length..]).ToList();
        if (prefixes.Count == 0 || !prefixes.TrueForAll(SessionPolicy.CanSay))
        {
            return null;
        }

        try
        {
            return await role.AssumeAsync(SessionPolicy.Of(bucket, prefixes, mayWrite, options.OnlyNewFiles), Session(caller), options.CredentialLifetime, cancellationToken);
        }
        catch (LakehouseException exception)
        {
            // Requests can be signed still.
            Log.RoleFailed(logger, exception);
            return null;
        }
    }

    /// <summary>A shared access signature for a table, or null.</summary>
    public async Task<(string Token, DateTimeOffset ExpiresAt)?> SignatureAsync(LakeView view, PointerRow pointer, TableMetadata metadata, Caller caller, bool mayWrite, CancellationToken cancellationToken)
    {
        if (azure is null)
        {
            return null;
        }

        var expiresAt = time.GetUtcNow() + options.CredentialLifetime;
        var privilege = mayWrite ? Privilege.Append : Privilege.Select;
        if (!options.AzureFolders)
        {
            // The container as a whole, for who may do this in the lake as a whole, and sees all of it.
            return caller.IsOperator || (ObjectStores.RootOf(root) == root && await access.MayAsync(caller, privilege, Securable.Lake, view.Branch, cancellationToken))
                ? (azure.Sign(folder: null, mayWrite, expiresAt), expiresAt)
                : null;
        }

        var container = ObjectStores.RootOf(pointer.Location);
        return await OwnFoldersAsync(view, pointer, metadata, caller, mayWrite, cancellationToken) is { } folders && folders.FirstOrDefault(folder => folder.StartsWith(container + "/", StringComparison.Ordinal)) is { } own
            ? (azure.Sign(own[(container.Length + 1)..], mayWrite, expiresAt), expiresAt)
            : null;
    }

    public void Dispose() => role?.Dispose();

    /// <summary>Whether the caller may write; null when it may not even read all of the table.</summary>
    async Task<bool?> RightsAsync(LakeView view, PointerRow pointer, Caller caller, CancellationToken cancellationToken)
    {
        var table = RawTables.Of(pointer);
        if (!ObjectStores.IsRemote(root) || await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is not null)
        {
            return null;
        }

        var mayWrite = view.IsWritable && await access.MayAsync(caller, Privilege.Append, table, view.Branch, cancellationToken);
        return mayWrite || await access.MayAsync(caller, Privilege.Select, table, view.Branch, cancellationToken) ? mayWrite : null;
    }

    async Task<IReadOnlyList<StorageCredentialBody>> CredentialsAsync(LakeView view, PointerRow pointer, TableMetadata metadata, Caller caller, bool mayWrite, CancellationToken cancellationToken)
    {
        // Who may write but not read needs requests signed: those are told apart one by one.
        if (!await access.MayAsync(caller, Privilege.Select, RawTables.Of(pointer), view.Branch, cancellationToken))
        {
            return [];
        }

        if (await SessionAsync(view, pointer, metadata, caller, mayWrite, cancellationToken) is { } session)
        {
            var config = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["s3.access-key-id"] = session.AccessKey,
                ["s3.secret-access-key"] = session.SecretKey,
                ["s3.session-token"] = session.SessionToken,
                ["s3.session-token-expires-at-ms"] = session.ExpiresAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
            };
            AddServer(config);
            return [new StorageCredentialBody(pointer.Location, config)];
        }

        if (await SignatureAsync(view, pointer, metadata, caller, mayWrite, cancellationToken) is var (token, expiresAt))
        {
            return
            [
                new StorageCredentialBody(pointer.Location, new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    [$"adls.sas-token.{azure!.Account}"] = token,
                    [$"adls.sas-token.{azure.Host}"] = token,
                    [$"adls.sas-token-expires-at-ms.{azure.Account}"] = expiresAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                    ["adls.account-name"] = azure.Account,
                    ["adls.sas-token"] = token,
                }),
            ];
        }

        return [];
    }

    /// <summary>The table's folders; null when another table lies in, around or below one of them and the caller may not do the same there.</summary>
    async Task<IReadOnlyList<string>?> OwnFoldersAsync(LakeView view, PointerRow pointer, TableMetadata metadata, Caller caller, bool mayWrite, CancellationToken cancellationToken)
    {
        var folders = await places.OfAsync(pointer.TableId, metadata, cancellationToken);
        var least = folders.Where(folder => !TablePlaces.IsBelow(folders, folder)).ToList();
        foreach (var folder in least)
        {
            var others = await places.AroundAsync(pointer.TableId, folder, cancellationToken);
            others.AddRange(await places.BelowAsync(pointer.TableId, folder, cancellationToken));
            if (folder.Length <= root.Length || !await places.MayAsync(caller, mayWrite ? Privilege.Append : Privilege.Select, view, others, cancellationToken))
            {
                return null;
            }
        }

        return least;
    }

    static HashSet<string> Known(HttpContext context) =>
        context.Request.Headers[Header].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Where requests are signed, in the words of several clients.</summary>
    static void AddSigner(Dictionary<string, string> config, LakeView view, TableName name, string query)
    {
        var endpoint = $"v1/{view.Ref.Prefix}/namespaces/{Uri.EscapeDataString(name.Namespace.Text)}/tables/{Uri.EscapeDataString(name.Name)}/sign{query}";
        config["s3.remote-signing-enabled"] = "true";
        config["signer.endpoint"] = endpoint;
        config["s3.signer"] = "S3V4RestSigner";
        config["s3.signer.endpoint"] = endpoint;
        config["py-io-impl"] = "pyiceberg.io.fsspec.FsspecFileIO";
    }

    /// <summary>Where the server is: what any client needs, secret to nobody.</summary>
    void AddServer(Dictionary<string, string> config)
    {
        if (signing.Server is not { } server)
        {
            return;
        }

        config["client.region"] = server.Region;
        config["s3.region"] = server.Region;
        if (server.Endpoints.Count > 0)
        {
            config["s3.endpoint"] = server.Endpoints[0].GetLeftPart(UriPartial.Authority);
        }

        config["s3.path-style-access"] = server.IsPathStyle ? "true" : "false";
    }

    /// <summary>A name that the token service takes.</summary>
    static string Session(Caller caller)
    {
        var name = new string([.. caller.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '=' or ',' or '.' or '@' or '-' ? c : '-').Take(50)]);
        return $"lake-{name}";
    }
}
