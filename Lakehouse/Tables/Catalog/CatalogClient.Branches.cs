using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lakehouse.Formats;

namespace Lakehouse.Tables;

public sealed partial class CatalogClient
{
    // What is asked of the whole catalog, whichever branch the client is bound to.
    static readonly string[] Unbound = ["api/branches", "api/diff", Iceberg + "config"];

    string? prefix;

    /// <summary>The branch, tag or point that this client is bound to; null = <c>main</c>.</summary>
    public string? Reference => reference;

    /// <summary>A client bound to a branch, which it reads and writes, or to a tag, commit or time, which it reads.</summary>
    /// <param name="other">For instance <c>dev</c>, <c>run/42</c>, <c>v1</c>, <c>@123</c>; null = <c>main</c>.</param>
    public CatalogClient On(string? other) => new(http, other);

    /// <summary>Branches and tags, by name.</summary>
    /// <param name="startingWith">Only those whose names begin so.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async IAsyncEnumerable<LakeBranch> ListBranchesAsync(string? startingWith = null, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? next = "";
        while (next is not null)
        {
            using var document = await GetAsync($"api/branches?pageSize=1000&pageToken={Uri.EscapeDataString(next)}&prefix={Uri.EscapeDataString(startingWith ?? "")}", "branches cannot be listed", cancellationToken);
            foreach (var branch in document.RootElement.GetProperty("branches").Deserialize<List<LakeBranch>>(JsonSerializerOptions.Web)!)
            {
                yield return branch;
            }

            next = document.RootElement.TryGetProperty("nextPageToken", out var token) ? token.GetString() : null;
        }
    }

    /// <summary>A branch or tag, or null.</summary>
    public async Task<LakeBranch?> FindBranchAsync(string name, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Get, BranchRoute(name), content: null, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync<LakeBranch>(response, $"branch {name} cannot be read", cancellationToken);
    }

    /// <summary>Makes a branch, which costs one row however many tables it shows.</summary>
    /// <param name="name">Name.</param>
    /// <param name="from">Branch, tag, commit or time that it starts at; null = <c>main</c> as it is.</param>
    /// <param name="retention">After this time it is dropped; null = never.</param>
    /// <param name="isProtected">Whether it accepts merges only.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: no such state. AlreadyExists: the name is taken. InvalidData: no name for a branch.</exception>
    public Task<LakeBranch> CreateBranchAsync(string name, string? from = null, TimeSpan? retention = null, bool isProtected = false, CancellationToken cancellationToken = default) =>
        CreateAsync(name, "branch", from, retention, isProtected, cancellationToken);

    /// <summary>Gives a state of the lake a name.</summary>
    /// <param name="name">Name.</param>
    /// <param name="of">Branch, tag, commit or time; null = <c>main</c> as it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">As for branches.</exception>
    public Task<LakeBranch> CreateTagAsync(string name, string? of = null, CancellationToken cancellationToken = default) => CreateAsync(name, "tag", of, retention: null, isProtected: false, cancellationToken);

    /// <summary>Changes protection or retention; what is null stays, a retention of nothing is none.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such branch.</exception>
    public async Task<LakeBranch> ChangeBranchAsync(string name, bool? isProtected = null, TimeSpan? retention = null, CancellationToken cancellationToken = default)
    {
        var body = JsonContent.Create(new { @protected = isProtected, retentionSeconds = (long?)retention?.TotalSeconds });
        using var response = await SendAsync(HttpMethod.Patch, BranchRoute(name), body, cancellationToken);
        return await ReadAsync<LakeBranch>(response, $"branch {name} cannot be changed", cancellationToken);
    }

    /// <summary>Drops a branch or tag. What was merged from it stays.</summary>
    /// <exception cref="LakehouseException">NotFound: there is none of that name. Conflict: it is protected, or its newest commit is another.</exception>
    public async Task DropBranchAsync(string name, long? expectedHead = null, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Delete, BranchRoute(name) + (expectedHead is { } head ? $"?expectedHead={head}" : ""), content: null, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"branch {name} cannot be dropped", cancellationToken);
        }
    }

    /// <summary>Merges a branch, tag or commit into a branch: all its tables and source positions in one commit, or nothing.</summary>
    /// <param name="from">What is merged.</param>
    /// <param name="into">The branch that gets it.</param>
    /// <param name="message">What for; null = that it is a merge.</param>
    /// <param name="dryRun">Whether it is only said what would happen.</param>
    /// <param name="expectedHead">The commit that has to be the target's newest; null = any.</param>
    /// <param name="cancellationToken">Cancels the call; the outcome may then be unknown. Merging again is safe.</param>
    /// <returns>What happened; conflicts are an outcome, not an exception.</returns>
    /// <exception cref="LakehouseException">NotFound: there is no such branch. Conflict: the target's head is another. OutcomeUnknown: nobody knows; merging again is safe.</exception>
    public async Task<MergeResult> MergeAsync(string from, string into = "main", string? message = null, bool dryRun = false, long? expectedHead = null, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Post, BranchRoute(into) + "/merge", JsonContent.Create(new { from, message, dryRun, expectedHead }), cancellationToken);
        if (response.StatusCode == HttpStatusCode.Conflict)
        {
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken));
            return document.RootElement.TryGetProperty("conflicts", out var conflicts)
                ? new MergeResult(from, into, "conflicts", null, null, null, [], [], [], conflicts.Deserialize<List<MergeConflict>>(JsonSerializerOptions.Web)!)
                : throw new LakehouseException(LakehouseErrorKind.Conflict, $"{from} cannot be merged into {into}: {Title(document.RootElement)}");
        }

        return await ReadAsync<MergeResult>(response, $"{from} cannot be merged into {into}", cancellationToken);
    }

    /// <summary>What differs between two states of the lake.</summary>
    /// <param name="from">Branch, tag, commit or time.</param>
    /// <param name="to">Likewise.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<LakeDiff> DiffAsync(string from, string to, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Get, $"api/diff?from={Uri.EscapeDataString(from)}&to={Uri.EscapeDataString(to)}", content: null, cancellationToken);
        return await ReadAsync<LakeDiff>(response, $"{from} and {to} cannot be compared", cancellationToken);
    }

    /// <summary>The commits that led to a state of the lake, newest first: one page of them.</summary>
    /// <param name="of">Branch, tag, commit or time.</param>
    /// <param name="table">Only those that changed this table; null = all.</param>
    /// <param name="before">Only those before this commit; null = from the newest on.</param>
    /// <param name="limit">How many.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public async Task<IReadOnlyList<LakeCommit>> LogAsync(string of = "main", TableIdentifier? table = null, long? before = null, int limit = 50, CancellationToken cancellationToken = default)
    {
        var filter = table is { } name ? $"&table={Uri.EscapeDataString(name.ToString())}" : "";
        using var document = await GetAsync($"{BranchRoute(of)}/log?limit={limit}{filter}{(before is { } id ? $"&before={id}" : "")}", $"the log of {of} cannot be read", cancellationToken);
        return document.RootElement.GetProperty("commits").Deserialize<List<LakeCommit>>(JsonSerializerOptions.Web)!;
    }

    /// <summary>Brings a branch to what a branch, tag, commit or time was: a commit like others, which can be undone likewise.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="to">What it becomes.</param>
    /// <param name="expectedHead">The branch's newest commit as the caller knows it: if there is a newer one, nothing happens.</param>
    /// <param name="message">Why.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The commit; null when there was nothing to change.</returns>
    /// <exception cref="LakehouseException">NotFound: there is no such state. Conflict: the head is another, or files of that state are gone.</exception>
    public async Task<long?> ResetAsync(string branch, string to, long expectedHead, string message, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Post, BranchRoute(branch) + "/reset", JsonContent.Create(new { to, expectedHead, message }), cancellationToken);
        using var document = await ReadAsync(response, $"{branch} cannot be reset to {to}", cancellationToken);
        return document.RootElement.GetProperty("commit") is { ValueKind: JsonValueKind.Number } id ? id.GetInt64() : null;
    }

    /// <summary>All that points to the metadata of a table of <c>main</c>: branches, their starts, tags, and where it was dropped and may come back. Files of these are needed.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such table.</exception>
    public async Task<IReadOnlyList<TablePointer>> GetPointersAsync(TableIdentifier table, CancellationToken cancellationToken = default)
    {
        using var document = await GetAsync($"api/tables/{Uri.EscapeDataString(table.Namespace)}/{Uri.EscapeDataString(table.Name)}/pointers", $"what points to table {table} cannot be read", cancellationToken);
        return document.RootElement.GetProperty("pointers").Deserialize<List<TablePointer>>(JsonSerializerOptions.Web)!;
    }

    /// <summary>Takes the lease under which files of a table may be deleted, or prolongs it, and tells what points to the table's metadata then.</summary>
    /// <param name="table">The table.</param>
    /// <param name="holder">Who has it.</param>
    /// <param name="ttl">For how long.</param>
    /// <param name="token">What was given when it was taken; null takes it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: there is no such table. Conflict: somebody else has the lease.</exception>
    internal async Task<HeldFiles> HoldFilesAsync(TableIdentifier table, string holder, TimeSpan ttl, long? token, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, HoldRoute(table), JsonContent.Create(new { holder, token, ttlSeconds = ttl.TotalSeconds }), cancellationToken);
        return await ReadAsync<HeldFiles>(response, $"files of table {table} cannot be deleted now", cancellationToken);
    }

    /// <summary>Gives the lease back.</summary>
    internal async Task ReleaseFilesAsync(TableIdentifier table, string holder, long token, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, $"{HoldRoute(table)}?holder={Uri.EscapeDataString(holder)}&token={token}", content: null, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"the lease of table {table} cannot be given back", cancellationToken);
        }
    }

    static string HoldRoute(TableIdentifier table) => $"api/tables/{Uri.EscapeDataString(table.Namespace)}/{Uri.EscapeDataString(table.Name)}/hold";

    async Task<LakeBranch> CreateAsync(string name, string kind, string? from, TimeSpan? retention, bool isProtected, CancellationToken cancellationToken)
    {
        var body = JsonContent.Create(new { name, from, kind, @protected = isProtected, retentionSeconds = (long?)retention?.TotalSeconds });
        using var response = await SendAsync(HttpMethod.Post, "api/branches", body, cancellationToken);
        return await ReadAsync<LakeBranch>(response, $"{kind} {name} cannot be created", cancellationToken);
    }

    /// <summary>A path as it is on the client's branch. The catalog alone knows how it writes a branch in a route, and is asked once.</summary>
    async Task<string> BoundAsync(string path, CancellationToken cancellationToken)
    {
        if (reference is null || Array.Exists(Unbound, start => path.StartsWith(start, StringComparison.Ordinal)))
        {
            return path;
        }

        if (!path.StartsWith(Iceberg, StringComparison.Ordinal))
        {
            return $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}branch={Uri.EscapeDataString(reference)}";
        }

        if (prefix is null)
        {
            using var document = await GetAsync($"{Iceberg}config?warehouse={Uri.EscapeDataString(reference)}", $"branch {reference} cannot be read", cancellationToken);
            prefix = document.RootElement.GetProperty("overrides").TryGetProperty("prefix", out var found) ? found.GetString() ?? "" : "";
        }

        return prefix.Length == 0 ? path : $"{Iceberg}{prefix}/{path[Iceberg.Length..]}";
    }

    static string BranchRoute(string name) => "api/branches/" + Uri.EscapeDataString(name);

    static string Title(JsonElement problem) => problem.TryGetProperty("title", out var title) ? title.GetString() ?? "" : "";

    static async Task<T> ReadAsync<T>(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        using var document = await ReadAsync(response, what, cancellationToken);
        return document.RootElement.Deserialize<T>(JsonSerializerOptions.Web)!;
    }
}
