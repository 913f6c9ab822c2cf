using System.Buffers.Text;
using System.Text;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats;
using Microsoft.EntityFrameworkCore;

namespace LakeAspire.Catalog.Unity;

/// <summary>What Delta readers find of the lake: the namespaces of <c>main</c>, and in them the tables that have a Delta log, published from Iceberg or written by others.</summary>
internal sealed class UnityTables(CatalogReads reads, TableLookup lookup, MetadataFiles files, IAccess access, Delegations delegations)
{
    /// <summary>The one catalog.</summary>
    public const string Catalog = "lake";

    const int MaxSchemas = 1000;
    const int MaxTables = 50;

    /// <summary>A page of the namespaces that the caller may see.</summary>
    public async Task<ListSchemasResponse> SchemasAsync(LakeView view, Caller caller, string? catalog, int? limit, string? token, CancellationToken cancellationToken)
    {
        Check(catalog);
        var rights = await access.RightsAsync(caller, cancellationToken);
        var (page, next) = await PageAsync(
            "p.kind = 2 AND (p.namespace, p.name) > ({0}, {1})", [], view, Limit(limit, MaxSchemas), token, pointer => rights.May(Privilege.Describe, Securable.Namespace(NamespaceOf(pointer), pointer.Owner), view.Branch), cancellationToken);
        return new ListSchemasResponse([.. page.Select(Schema)], next);
    }

    /// <summary>A namespace.</summary>
    /// <exception cref="ApiException">404: there is none that the caller may know of.</exception>
    public async Task<SchemaInfo> SchemaAsync(LakeView view, Caller caller, string fullName, CancellationToken cancellationToken)
    {
        var parts = PartsOf(fullName);
        if (parts.Length < 2)
        {
            throw UnityErrors.Invalid("a schema is named catalog.schema");
        }

        Check(parts[0]);
        var name = NamespaceName.Parse(parts[1..]);
        var pointer = await lookup.FindNamespaceAsync(view, name, cancellationToken) ?? throw UnityErrors.NoSchema(fullName);
        await access.DemandAsync(caller, Privilege.Describe, Securable.Namespace(name, pointer.Owner), view, cancellationToken);
        return Schema(pointer);
    }

    /// <summary>A page of the tables of a namespace that have a Delta log and that the caller may see.</summary>
    public async Task<ListTablesResponse> TablesAsync(LakeView view, Caller caller, string? catalog, string? schema, int? limit, string? token, CancellationToken cancellationToken)
    {
        Check(catalog);
        var name = NamespaceName.ParseDotted(schema ?? throw UnityErrors.Invalid("schema_name is missing"));
        var space = await lookup.FindNamespaceAsync(view, name, cancellationToken) ?? throw UnityErrors.NoSchema(schema);
        await access.DemandAsync(caller, Privilege.Describe, Securable.Namespace(name, space.Owner), view, cancellationToken);
        var rights = await access.RightsAsync(caller, cancellationToken);
        var (page, next) = await PageAsync(
            "(p.kind = 3 OR (p.kind = 0 AND EXISTS (SELECT 1 FROM publications k WHERE k.table_id = p.table_id AND k.version IS NOT NULL))) AND p.namespace = {2} AND (p.namespace, p.name) > ({0}, {1})",
            [name.Text],
            view,
            Limit(limit, MaxTables),
            token,
            pointer => rights.May(Privilege.Describe, RawTables.Of(pointer), view.Branch),
            cancellationToken);
        var tables = new List<TableInfo>();
        foreach (var pointer in page)
        {
            tables.Add(await TableAsync(pointer, cancellationToken));
        }

        return new ListTablesResponse(tables, next);
    }

    /// <summary>A table.</summary>
    /// <exception cref="ApiException">404: there is none with a Delta log that the caller may know of.</exception>
    public async Task<TableInfo> TableAsync(LakeView view, Caller caller, string fullName, CancellationToken cancellationToken)
    {
        var parts = PartsOf(fullName);
        if (parts.Length < 3)
        {
            throw UnityErrors.Invalid("a table is named catalog.schema.table");
        }

        Check(parts[0]);
        var pointer = await lookup.FindAsync(view, TableName.Parse(NamespaceName.Parse(parts[1..^1]), parts[^1]), cancellationToken);
        if (pointer is null || !await IsDeltaAsync(pointer, cancellationToken))
        {
            throw UnityErrors.NoTable(fullName);
        }

        await access.DemandAsync(caller, Privilege.Describe, RawTables.Of(pointer), view, cancellationToken);
        return await TableAsync(pointer, cancellationToken);
    }

    /// <summary>Credentials for a while to read a table.</summary>
    /// <exception cref="ApiException">404: no such table; 403: the caller may not read all of it; 501: it would be written.</exception>
    public async Task<TemporaryCredentials> CredentialsAsync(LakeView view, Caller caller, TableCredentialRequest request, CancellationToken cancellationToken)
    {
        var id = Guid.TryParse(request.TableId, out var parsed) ? parsed : throw UnityErrors.Invalid("table_id is the id that a table's description gives");
        CheckRead(request.Operation, "READ");
        return await CredentialsAsync(view, caller, (await lookup.ByIdsAsync(view, [id], cancellationToken)).GetValueOrDefault(id) ?? throw UnityErrors.NoTable(request.TableId!), cancellationToken);
    }

    /// <summary>Credentials for a while to read the table that lies at a location.</summary>
    /// <inheritdoc cref="CredentialsAsync(LakeView, Caller, TableCredentialRequest, CancellationToken)"/>
    public async Task<TemporaryCredentials> CredentialsAsync(LakeView view, Caller caller, PathCredentialRequest request, CancellationToken cancellationToken)
    {
        var url = request.Url?.TrimEnd('/') ?? throw UnityErrors.Invalid("url is missing");
        CheckRead(request.Operation, "PATH_READ");
        var pointer = await reads.QueryAsync(db => TableLookup.Seen(db, view, "p.kind IN (0, 3) AND p.location = {0}", url).OrderBy(p => p.Id).FirstOrDefaultAsync(cancellationToken), cancellationToken);
        return await CredentialsAsync(view, caller, pointer ?? throw new ApiException(404, "There is no table at this location.", "NOT_FOUND"), cancellationToken);
    }

    async Task<TemporaryCredentials> CredentialsAsync(LakeView view, Caller caller, PointerRow pointer, CancellationToken cancellationToken)
    {
        if (!await IsDeltaAsync(pointer, cancellationToken))
        {
            throw UnityErrors.NoTable(TableLookup.NameOf(pointer).ToString());
        }

        await access.DemandAsync(caller, Privilege.Select, RawTables.Of(pointer), view, cancellationToken);
        if (await access.PolicyAsync(caller, pointer.TableId, cancellationToken) is not null)
        {
            throw CatalogErrors.Forbidden("The table has a row filter or masks that hold for you: read it by SQL, its files are not handed out.");
        }

        // What others write has no metadata that could say more than where it lies.
        if (pointer.Kind == PointerKind.Table)
        {
            var metadata = await files.ReadAsync(pointer.MetadataLocation, cancellationToken);
            if (await delegations.SessionAsync(view, pointer, metadata, caller, mayWrite: false, cancellationToken) is { } session)
            {
                return new TemporaryCredentials(new AwsCredentials(session.AccessKey, session.SecretKey, session.SessionToken), null, session.ExpiresAt.ToUnixTimeMilliseconds(), pointer.Location);
            }

            if (await delegations.SignatureAsync(view, pointer, metadata, caller, mayWrite: false, cancellationToken) is var (token, expiresAt))
            {
                return new TemporaryCredentials(null, new AzureUserDelegationSas(token), expiresAt.ToUnixTimeMilliseconds(), pointer.Location);
            }
        }

        // Files of this machine need none; for others the client has its own.
        return new TemporaryCredentials(null, null, null, pointer.Location);
    }

    async Task<(List<PointerRow> Page, string? Next)> PageAsync(
        string filter, object[] parameters, LakeView view, int limit, string? token, Func<PointerRow, bool> mayBeSeen, CancellationToken cancellationToken)
    {
        var (space, name) = After(token);
        var page = new List<PointerRow>();
        while (true)
        {
            var (afterSpace, afterName) = (space, name);
            var rows = await reads.QueryAsync(
                db => TableLookup.Seen(db, view, filter, [afterSpace, afterName, .. parameters]).OrderBy(p => p.Namespace).ThenBy(p => p.Name).Take(limit + 1).ToListAsync(cancellationToken), cancellationToken);
            foreach (var row in rows)
            {
                if (mayBeSeen(row))
                {
                    if (page.Count == limit)
                    {
                        return (page, Token(page[^1]));
                    }

                    page.Add(row);
                }
            }

            if (rows.Count <= limit)
            {
                return (page, null);
            }

            (space, name) = (rows[^1].Namespace, rows[^1].Name);
        }
    }

    async Task<bool> IsDeltaAsync(PointerRow pointer, CancellationToken cancellationToken) =>
        pointer.Kind == PointerKind.Delta || (pointer.Kind == PointerKind.Table && await reads.QueryAsync(db => db.Publications.AnyAsync(p => p.TableId == pointer.TableId && p.Version != null, cancellationToken), cancellationToken));

    async Task<TableInfo> TableAsync(PointerRow pointer, CancellationToken cancellationToken)
    {
        var metadata = pointer.Kind == PointerKind.Table ? await files.ReadAsync(pointer.MetadataLocation, cancellationToken) : null;
        var (created, commit) = await reads.QueryAsync(
            async db => (await db.Set<TableRow>().FirstOrDefaultAsync(t => t.Id == pointer.TableId, cancellationToken), await db.Commits.FirstOrDefaultAsync(c => c.Id == pointer.FromCommit, cancellationToken)), cancellationToken);
        var name = TableLookup.NameOf(pointer);
        return new TableInfo(
            name.Name,
            Catalog,
            name.Namespace.Dotted,
            "EXTERNAL",
            "DELTA",
            metadata is null ? [] : UnityColumns.Of(metadata),
            pointer.Location,
            metadata?.Properties.GetValueOrDefault("comment"),
            metadata?.Properties ?? new Dictionary<string, string>(StringComparer.Ordinal),
            pointer.Owner,
            created?.CreatedAt.ToUnixTimeMilliseconds(),
            commit?.At.ToUnixTimeMilliseconds(),
            commit?.Author,
            pointer.TableId.ToString("D"));
    }

    static SchemaInfo Schema(PointerRow pointer)
    {
        var name = NamespaceOf(pointer).Dotted;
        var properties = pointer.Properties is null ? null : System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, string>>(pointer.Properties);
        return new SchemaInfo(name, Catalog, $"{Catalog}.{name}", properties ?? new Dictionary<string, string>(StringComparer.Ordinal), pointer.Owner, pointer.TableId.ToString("D"));
    }

    static string[] PartsOf(string fullName) => DottedName.TrySplit(fullName, out var parts) ? parts : throw UnityErrors.Invalid("full_name has a quote that is not closed");

    static NamespaceName NamespaceOf(PointerRow pointer) => NamespaceName.Within(pointer.Namespace, pointer.Name);

    static void Check(string? catalog)
    {
        if (catalog != Catalog)
        {
            throw catalog is null ? UnityErrors.Invalid("catalog_name is missing") : UnityErrors.NoCatalog(catalog);
        }
    }

    static void CheckRead(string? operation, string read)
    {
        if (operation != read)
        {
            throw operation is null ? UnityErrors.Invalid("operation is missing") : UnityErrors.NotHere($"Operation {NamespaceName.Shown(operation)}");
        }
    }

    static int Limit(int? limit, int most) => limit switch
    {
        null or 0 => most,
        < 0 => throw UnityErrors.Invalid("max_results must not be negative"),
        var asked => Math.Min(asked.Value, most),
    };

    static string Token(PointerRow last) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes($"{last.Namespace}\0{last.Name}"));

    static (string Namespace, string Name) After(string? token)
    {
        if (string.IsNullOrEmpty(token))
        {
            return ("", "");
        }

        try
        {
            return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(token)).Split('\0') is [var space, var name] ? (space, name) : throw UnityErrors.Invalid("page_token is not one that was given");
        }
        catch (FormatException)
        {
            throw UnityErrors.Invalid("page_token is not one that was given");
        }
    }
}
