using System.Collections.Concurrent;
using System.Globalization;
using LakeAspire.Query.Resolution;
using LakeAspire.ServiceDefaults.Errors;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace LakeAspire.Query.Api.Tests;

/// <summary>The one route of the catalog that queries ask, over real HTTP: commits, branches that are names of states, views, policies by principal, and rights taken away.</summary>
internal sealed class FakeCatalog : IAsyncDisposable
{
    const string Main = "main";
    readonly WebApplication app;
    readonly string folder;
    readonly Lock gate = new();
    readonly Dictionary<string, List<Dictionary<string, ResolvedEntry>>> branches = new(StringComparer.Ordinal) { [Main] = [new(StringComparer.Ordinal)] };
    readonly Dictionary<(string Principal, string Table), List<ResolvedRule>> policies = [];
    readonly Dictionary<(string Principal, string Table), string?> denied = [];

    FakeCatalog(WebApplication app, string folder)
    {
        this.app = app;
        this.folder = folder;
        app.MapGet("/alive", () => Results.Ok());
        app.MapPost("/api/resolve", ResolveAsync);
    }

    public string Address => app.Urls.Single();

    /// <summary>Keys that callers came with.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    /// <summary>What was asked for.</summary>
    public ConcurrentQueue<ResolveRequest> Requests { get; } = [];

    /// <param name="folder">Where metadata files go.</param>
    public static async Task<FakeCatalog> StartAsync(string folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var catalog = new FakeCatalog(builder.Build(), Directory.CreateDirectory(folder).FullName);
        await catalog.app.StartAsync(TestContext.Current.CancellationToken);
        return catalog;
    }

    public long Put(string ns, string table, TableMetadata metadata, string branch = Main)
    {
        var file = Path.Combine(folder, $"{Guid.NewGuid():N}.metadata.json");
        File.WriteAllBytes(file, TableMetadataJson.Write(metadata));
        return Commit(branch, ns, table, Entry(ResolvedKind.Table, ns, table) with { MetadataLocation = LocalPath.ToLocation(file), TableId = metadata.TableUuid });
    }

    public long PutDelta(string ns, string table, string location) => Commit(Main, ns, table, Entry(ResolvedKind.Delta, ns, table) with { Location = location });

    public long PutView(string ns, string name, string sql, string definer, params string[] columns) =>
        Commit(Main, ns, name, Entry(ResolvedKind.View, ns, name) with { View = new ResolvedView(sql, "duckdb", definer, ns, [.. columns.Select(Column)]) });

    /// <summary>A branch of the head of main.</summary>
    public void Branch(string name)
    {
        lock (gate)
        {
            branches[name] = [.. branches[Main].Select(state => new Dictionary<string, ResolvedEntry>(state, StringComparer.Ordinal))];
        }
    }

    /// <summary>Binds a principal by a policy whose expressions name the columns of today's main.</summary>
    public void Bind(string principal, string table, string? rowFilter, params (string Column, string Sql)[] masks)
    {
        lock (gate)
        {
            policies[(principal, table)] = [Rule(table, rowFilter, masks)];
        }
    }

    /// <summary>Binds a principal by one policy more.</summary>
    public void BindToo(string principal, string table, string? rowFilter, params (string Column, string Sql)[] masks)
    {
        lock (gate)
        {
            policies[(principal, table)].Add(Rule(table, rowFilter, masks));
        }
    }

    /// <summary>Takes a table from a principal: hidden, or forbidden with a reason.</summary>
    public void Deny(string principal, string table, string? reason = null)
    {
        lock (gate)
        {
            denied[(principal, table)] = reason;
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    static ResolvedColumn Column(string text) => text.Split(' ') is [var name, var type] ? new ResolvedColumn(name, type) : new ResolvedColumn(text, null);

    static ResolvedEntry Entry(ResolvedKind kind, string ns, string name) => new() { Kind = kind, Namespace = ns, Name = name, Ref = "", Branch = "" };

    long Commit(string branch, string ns, string name, ResolvedEntry entry)
    {
        lock (gate)
        {
            var states = branches[branch];
            states.Add(new Dictionary<string, ResolvedEntry>(states[^1], StringComparer.Ordinal) { [$"{ns}.{name}"] = entry });
            return states.Count - 1;
        }
    }

    async Task ResolveAsync(HttpContext context)
    {
        Keys.Enqueue(context.Request.Headers.Authorization.ToString());
        var request = (await context.Request.ReadFromJsonAsync(ResolutionJson.Default.ResolveRequest, context.RequestAborted))!;
        Requests.Enqueue(request);
        try
        {
            ResolveResponse answer;
            lock (gate)
            {
                answer = Answer(request);
            }

            await context.Response.WriteAsJsonAsync(answer, ResolutionJson.Default.ResolveResponse, contentType: null, context.RequestAborted);
        }
        catch (ApiException error)
        {
            context.Response.StatusCode = error.Status;
            await context.Response.WriteAsJsonAsync(new { title = error.Message, status = error.Status, type = error.Type }, context.RequestAborted);
        }
    }

    ResolveResponse Answer(ResolveRequest request)
    {
        var (branch, commit) = State(request.AsOf is null ? request.Branch ?? Main : $"{request.Branch ?? Main}@{request.AsOf}");
        return new ResolveResponse
        {
            Ref = $"{branch}@{commit}",
            Branch = branch,
            Commit = commit,
            Principal = new ResolvedPrincipal(request.Principal, request.Principal is "user" or "service", request.Principal is "user" or "service", request.Principal == "ann" ? ["hr"] : []),
            Tables = [.. request.Tables.Select(table => Find(request.Principal, table, table.At is null ? (branch, commit) : State(table.At)))],
        };
    }

    ResolvedEntry Find(string principal, ResolveTable table, (string Branch, int Commit) state)
    {
        var tables = branches[state.Branch][state.Commit];
        var name = $"{table.Namespace}.{table.Name}";
        var entry = tables.GetValueOrDefault(name) ?? tables.GetValueOrDefault(name.ToLowerInvariant()) ?? Entry(ResolvedKind.None, table.Namespace, table.Name);
        name = $"{entry.Namespace}.{entry.Name}";
        if (denied.TryGetValue((principal, name), out var reason))
        {
            entry = reason is null ? Entry(ResolvedKind.None, table.Namespace, table.Name) : Entry(entry.Kind, entry.Namespace, entry.Name) with { Denied = reason };
        }

        return entry with { Ref = $"{state.Branch}@{state.Commit}", At = TimeOf(table.At), Branch = state.Branch, Commit = state.Commit, Policy = entry.Denied is null ? PolicyOf(principal, name) : null };
    }

    ResolvedPolicy? PolicyOf(string principal, string name) => policies.TryGetValue((principal, name), out var rules) ? new ResolvedPolicy([.. rules], Today(name)) : null;

    string? Today(string name) => branches[Main][^1].GetValueOrDefault(name)?.MetadataLocation;

    ResolvedRule Rule(string table, string? rowFilter, (string Column, string Sql)[] masks)
    {
        var fields = Today(table) is { } location ? Fields(TableMetadataJson.Parse(File.ReadAllBytes(LocalPath.FromLocation(location))).CurrentSchema.Fields, []).ToList() : null;
        return new ResolvedRule("default", rowFilter, [.. masks.Select(mask => new ResolvedMask(mask.Column, mask.Sql))], fields);
    }

    static IEnumerable<ResolvedField> Fields(IReadOnlyList<NestedField> fields, IReadOnlyList<string> around) => fields.SelectMany(field =>
    {
        IReadOnlyList<string> path = [.. around, field.Name];
        return (field.Type is StructType structure ? Fields(structure.Fields, path) : []).Prepend(new ResolvedField(path, field.Id));
    });

    static DateTimeOffset? TimeOf(string? text) =>
        text?.Split('@') is [_, var at] && !long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? DateTimeOffset.Parse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal) : null;

    (string Branch, int Commit) State(string text)
    {
        var (branch, at) = text.Split('@') is [var name, var rest] ? (name.Length == 0 ? Main : name, rest) : (text, null);
        if (!branches.TryGetValue(branch, out var states))
        {
            throw new ApiException(404, $"There is no branch or tag {branch}.", "NoSuchBranchException");
        }

        var commit = at is null ? states.Count - 1 : int.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : DateTimeOffset.Parse(at, CultureInfo.InvariantCulture).Year > 2020 ? states.Count - 1 : 0;
        return commit < states.Count ? (branch, commit) : throw new ApiException(404, $"{branch} has no commit {commit}.", "NoSuchCommitException");
    }
}
