using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>
/// The catalog service over HTTP: Iceberg REST, and what LakeAspire's own API adds to it. Errors are <see cref="LakehouseException"/>s by kind; the outcome of a commit is a type.
/// </summary>
/// <param name="http">Client with the catalog's base address and key. It may retry GET and HEAD; a commit must not be retried below this class.</param>
/// <param name="reference">Branch that is read and written, or tag, commit or time that is read (<c>dev</c>, <c>v1</c>, <c>@123</c>, <c>dev@2026-11-21T10:00:00Z</c>); null = <c>main</c>.</param>
public sealed partial class CatalogClient(HttpClient http, string? reference = null)
{
    const string Iceberg = "iceberg/v1/";
    const string CommitHeader = "LakeAspire-Commit";
    static readonly TimeSpan CommitTimeout = TimeSpan.FromSeconds(60);

    /// <summary>Creates a namespace, and those around it, unless they exist.</summary>
    /// <param name="ns">Name; dots separate levels.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task EnsureNamespaceAsync(string ns, CancellationToken cancellationToken = default)
    {
        var levels = DottedName.Split(ns);
        for (var depth = 1; depth <= levels.Length; depth++)
        {
            using var response = await SendAsync(HttpMethod.Post, Iceberg + "namespaces", JsonContent.Create(new { @namespace = levels[..depth] }), cancellationToken);
            if (!response.IsSuccessStatusCode && response.StatusCode != HttpStatusCode.Conflict)
            {
                throw await FailureAsync(response, $"namespace {ns} cannot be created", cancellationToken);
            }
        }
    }

    /// <summary>Names of the namespaces at the top, or below <paramref name="parent"/>; dots separate levels.</summary>
    public async Task<IReadOnlyList<string>> ListNamespacesAsync(string? parent = null, CancellationToken cancellationToken = default)
    {
        var query = parent is null ? "" : "?parent=" + Route(parent);
        using var document = await GetAsync(Iceberg + "namespaces" + query, "namespaces cannot be listed", cancellationToken);
        return document.RootElement.GetProperty("namespaces").EnumerateArray().Select(levels => DottedName.Join(levels.EnumerateArray().Select(level => level.GetString()!))).ToList();
    }

    /// <summary>Names of the tables of a namespace.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such namespace.</exception>
    public async Task<IReadOnlyList<TableIdentifier>> ListTablesAsync(string ns, CancellationToken cancellationToken = default)
    {
        using var document = await GetAsync($"{Iceberg}namespaces/{Route(ns)}/tables", $"tables of {ns} cannot be listed", cancellationToken);
        return document.RootElement.GetProperty("identifiers").EnumerateArray().Select(item => new TableIdentifier(ns, item.GetProperty("name").GetString()!)).ToList();
    }

    /// <summary>Names of all tables, views and registered Delta tables of the lake that the caller may know of, in one answer.</summary>
    public async Task<IReadOnlyList<LakeName>> ListNamesAsync(CancellationToken cancellationToken = default)
    {
        using var document = await GetAsync("api/tables", "the tables cannot be listed", cancellationToken);
        return document.RootElement.GetProperty("tables").EnumerateArray()
            .Select(item => new LakeName(
                new TableIdentifier(item.GetProperty("namespace").GetString()!, item.GetProperty("name").GetString()!),
                item.GetProperty("format").GetString() ?? "iceberg",
                item.TryGetProperty("lastCommit", out var commit) && commit.ValueKind == JsonValueKind.Object ? commit.GetProperty("id").GetInt64() : null)).ToList();
    }

    /// <summary>A table.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such table.</exception>
    public async Task<LoadedTable> LoadTableAsync(TableIdentifier table, CancellationToken cancellationToken = default) =>
        await FindTableAsync(table, cancellationToken) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"table {table} does not exist");

    /// <summary>A table, or null when it does not exist.</summary>
    /// <exception cref="LakehouseException">NotFound: it was there at that time, and its files are gone since.</exception>
    public async Task<LoadedTable?> FindTableAsync(TableIdentifier table, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Get, Route(table), content: null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return await CatalogError.ReadAsync(response, cancellationToken) is { Type: "ExpiredException" } expired ? throw expired.ToException($"table {table} cannot be loaded") : null;
        }

        using var document = await ReadAsync(response, $"table {table} cannot be loaded", cancellationToken);
        return new LoadedTable(table, document.RootElement.GetProperty("metadata-location").GetString()!, TableMetadataJson.Read(document.RootElement.GetProperty("metadata")));
    }

    /// <summary>Location of a registered Delta table that others write, or null when there is none of that name.</summary>
    public async Task<string?> FindDeltaTableAsync(TableIdentifier table, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Get, $"api/tables/{Uri.EscapeDataString(table.Namespace)}/{Uri.EscapeDataString(table.Name)}", content: null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        using var document = await ReadAsync(response, $"table {table} cannot be looked up", cancellationToken);
        return document.RootElement.TryGetProperty("format", out var format) && format.GetString() == "delta" ? document.RootElement.GetProperty("location").GetString() : null;
    }

    /// <summary>Registers a Delta table that others write, to be read in place.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such namespace. AlreadyExists: the name is taken.</exception>
    public async Task RegisterDeltaTableAsync(TableIdentifier table, string location, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Post, "api/delta-tables", JsonContent.Create(new { @namespace = table.Namespace, name = table.Name, location }), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"table {table} cannot be registered", cancellationToken);
        }
    }

    /// <summary>Metadata for a table that a later commit will create, with the location that the catalog gives it. Nothing is created yet.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such namespace. AlreadyExists: the table exists.</exception>
    public async Task<TableMetadata> StageCreateAsync(
        TableIdentifier table, Schema schema, PartitionSpec? spec = null, SortOrder? order = null, IReadOnlyDictionary<string, string>? properties = null, CancellationToken cancellationToken = default)
    {
        using var content = new ByteArrayContent(CreateTableJson.Write(table.Name, schema, spec, order, properties)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        using var response = await SendAsync(HttpMethod.Post, $"{Iceberg}namespaces/{Route(table.Namespace)}/tables", content, cancellationToken);
        using var document = await ReadAsync(response, $"table {table} cannot be created", cancellationToken);
        return TableMetadataJson.Read(document.RootElement.GetProperty("metadata"));
    }

    /// <summary>Removes a table from the catalog.</summary>
    /// <param name="table">Name.</param>
    /// <param name="purge">Whether the files below its location are deleted too.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: there is no such table.</exception>
    public async Task DropTableAsync(TableIdentifier table, bool purge = false, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"{Route(table)}?purgeRequested={(purge ? "true" : "false")}", content: null, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"table {table} cannot be dropped", cancellationToken);
        }
    }

    /// <summary>Gives a table another name, in another namespace too.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such table or namespace. AlreadyExists: the new name is taken.</exception>
    public async Task RenameTableAsync(TableIdentifier from, TableIdentifier to, CancellationToken cancellationToken = default)
    {
        object Body(TableIdentifier name) => new { @namespace = name.Levels, name = name.Name };
        using var response = await SendAsync(HttpMethod.Post, Iceberg + "tables/rename", JsonContent.Create(new { source = Body(from), destination = Body(to) }), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"table {from} cannot be renamed", cancellationToken);
        }
    }

    /// <summary>Removes a namespace that holds nothing.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such namespace. Conflict: it holds something.</exception>
    public async Task DropNamespaceAsync(string ns, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"{Iceberg}namespaces/{Route(ns)}", content: null, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"namespace {ns} cannot be dropped", cancellationToken);
        }
    }

    /// <summary>Commits. It is sent once: whether it may be sent again is for the caller to know.</summary>
    /// <exception cref="LakehouseException">The commit is refused for what it is (InvalidData), or the caller for who it is (Denied). Nothing happened.</exception>
    /// <exception cref="OperationCanceledException">The caller gave up; the outcome is unknown.</exception>
    public async Task<CommitResult> CommitAsync(CatalogCommit commit, CancellationToken cancellationToken = default)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(CommitTimeout);
        try
        {
            using var content = new ByteArrayContent(CommitJson.Write(commit)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var request = new HttpRequestMessage(HttpMethod.Post, await BoundAsync(Iceberg + "transactions/commit", timeout.Token)) { Content = content };
            using var response = await http.SendAsync(request, timeout.Token);
            if (response.IsSuccessStatusCode)
            {
                return new CommitResult.Committed(response.Headers.TryGetValues(CommitHeader, out var values) && long.TryParse(values.First(), out var id) ? id : 0);
            }

            var error = await CatalogError.ReadAsync(response, timeout.Token);
            return error.IsOutcomeUnknown ? new CommitResult.Unknown(error.Message)
                : error.Status is HttpStatusCode.Conflict or HttpStatusCode.NotFound ? error.ToConflict()
                : throw error.ToException("the commit is refused");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new CommitResult.Unknown(exception is OperationCanceledException ? "the catalog did not answer in time" : exception.Message);
        }
    }

    /// <summary>Which of some items are committed.</summary>
    public async Task<IReadOnlyList<CommittedItem>> LookupItemsAsync(string scope, IReadOnlyCollection<string> keys, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Post, "api/items/lookup", JsonContent.Create(new { scope, keys }), cancellationToken);
        using var document = await ReadAsync(response, $"items of {scope} cannot be looked up", cancellationToken);
        return document.RootElement.GetProperty("items").EnumerateArray().Select(CatalogError.ReadItem).ToList();
    }

    /// <summary>The positions whose scope is, or begins with, <paramref name="scope"/> and a slash.</summary>
    public async Task<IReadOnlyList<SourceCursor>> GetCursorsAsync(string scope, CancellationToken cancellationToken = default)
    {
        using var document = await GetAsync("api/positions?scope=" + Uri.EscapeDataString(scope), $"positions of {scope} cannot be read", cancellationToken);
        return document.RootElement.GetProperty("cursors").Deserialize<List<SourceCursor>>(JsonSerializerOptions.Web)!;
    }

    static string Route(string ns) => Uri.EscapeDataString(string.Join('\u001f', DottedName.Split(ns)));

    static string Route(TableIdentifier table) => $"{Iceberg}namespaces/{Route(table.Namespace)}/tables/{Uri.EscapeDataString(table.Name)}";

    async Task<JsonDocument> GetAsync(string path, string what, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, content: null, cancellationToken);
        return await ReadAsync(response, what, cancellationToken);
    }

    async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, await BoundAsync(path, cancellationToken)) { Content = content };
            return await http.SendAsync(request, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new LakehouseException(LakehouseErrorKind.Unavailable, $"the catalog cannot be reached: {exception.Message}", exception);
        }
    }

    static async Task<JsonDocument> ReadAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, what, cancellationToken);
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        return await JsonDocument.ParseAsync(stream, cancellationToken: cancellationToken);
    }

    static async Task<LakehouseException> FailureAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken) =>
        (await CatalogError.ReadAsync(response, cancellationToken)).ToException(what);
}
