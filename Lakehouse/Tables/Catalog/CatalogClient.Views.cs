using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

public sealed partial class CatalogClient
{
    /// <summary>Names of the views of a namespace.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such namespace.</exception>
    public async Task<IReadOnlyList<TableIdentifier>> ListViewsAsync(string ns, CancellationToken cancellationToken = default)
    {
        using var document = await GetAsync($"{Iceberg}namespaces/{Route(ns)}/views", $"views of {ns} cannot be listed", cancellationToken);
        return document.RootElement.GetProperty("identifiers").EnumerateArray().Select(item => new TableIdentifier(ns, item.GetProperty("name").GetString()!)).ToList();
    }

    /// <summary>A view.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such view.</exception>
    public async Task<LoadedView> LoadViewAsync(TableIdentifier view, CancellationToken cancellationToken = default) =>
        await FindViewAsync(view, cancellationToken) ?? throw new LakehouseException(LakehouseErrorKind.NotFound, $"view {view} does not exist");

    /// <summary>A view, or null when it does not exist.</summary>
    public async Task<LoadedView?> FindViewAsync(TableIdentifier view, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Get, ViewRoute(view), content: null, cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadViewAsync(response, view, $"view {view} cannot be loaded", cancellationToken);
    }

    /// <summary>Creates a view.</summary>
    /// <param name="view">Name.</param>
    /// <param name="definition">What it says.</param>
    /// <param name="location">Base location of its metadata files; null = the catalog chooses.</param>
    /// <param name="time">Clock; the system's by default.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="LakehouseException">NotFound: there is no such namespace. AlreadyExists: a view or table has the name. InvalidData: the definition makes no sense.</exception>
    public async Task<LoadedView> CreateViewAsync(
        TableIdentifier view, ViewDefinition definition, string? location = null, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        using var content = ViewJson.Create(view.Name, definition, location, (time ?? TimeProvider.System).GetUtcNow());
        using var response = await SendAsync(HttpMethod.Post, $"{Iceberg}namespaces/{Route(view.Namespace)}/views", content, cancellationToken);
        return await ReadViewAsync(response, view, $"view {view} cannot be created", cancellationToken);
    }

    /// <summary>Gives a view a new version, which becomes the current one. A definition that the view has had already is found again instead, so that this may be sent twice.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such view. Conflict: it became another view meanwhile. InvalidData: the definition makes no sense, or lacks a dialect that the view has.</exception>
    public async Task<LoadedView> ReplaceViewAsync(TableIdentifier view, ViewDefinition definition, TimeProvider? time = null, CancellationToken cancellationToken = default)
    {
        var current = await LoadViewAsync(view, cancellationToken);
        IViewUpdate[] updates =
        [
            new SetProperties(definition.Properties),
            new AddSchema(definition.Schema),
            new AddViewVersion(definition.ToVersion((time ?? TimeProvider.System).GetUtcNow())),
            new SetCurrentViewVersion(TableUpdate.LastAdded),
        ];
        return await CommitViewAsync(view, [new AssertViewUuid(current.Metadata.ViewUuid)], updates, cancellationToken);
    }

    /// <summary>Changes a view.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such view. Conflict: a requirement does not hold. InvalidData: the updates make no sense.</exception>
    public async Task<LoadedView> CommitViewAsync(
        TableIdentifier view, IReadOnlyList<ViewRequirement> requirements, IReadOnlyList<IViewUpdate> updates, CancellationToken cancellationToken = default)
    {
        using var content = ViewJson.Commit(requirements, updates);
        using var response = await SendAsync(HttpMethod.Post, ViewRoute(view), content, cancellationToken);
        return await ReadViewAsync(response, view, $"view {view} cannot be changed", cancellationToken);
    }

    /// <summary>Gives a view another name, in another namespace too.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such view or namespace. AlreadyExists: a view or table has the new name.</exception>
    public async Task RenameViewAsync(TableIdentifier from, TableIdentifier to, CancellationToken cancellationToken = default)
    {
        object Body(TableIdentifier name) => new { @namespace = name.Levels, name = name.Name };
        using var response = await SendAsync(HttpMethod.Post, Iceberg + "views/rename", JsonContent.Create(new { source = Body(from), destination = Body(to) }), cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"view {from} cannot be renamed", cancellationToken);
        }
    }

    /// <summary>Removes a view from the catalog. Its metadata files stay.</summary>
    /// <exception cref="LakehouseException">NotFound: there is no such view.</exception>
    public async Task DropViewAsync(TableIdentifier view, CancellationToken cancellationToken = default)
    {
        using var response = await SendAsync(HttpMethod.Delete, ViewRoute(view), content: null, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await FailureAsync(response, $"view {view} cannot be dropped", cancellationToken);
        }
    }

    static string ViewRoute(TableIdentifier view) => $"{Iceberg}namespaces/{Route(view.Namespace)}/views/{Uri.EscapeDataString(view.Name)}";

    static async Task<LoadedView> ReadViewAsync(HttpResponseMessage response, TableIdentifier view, string what, CancellationToken cancellationToken)
    {
        using var document = await ReadAsync(response, what, cancellationToken);
        return new LoadedView(view, document.RootElement.GetProperty("metadata-location").GetString()!, ViewMetadataJson.Read(document.RootElement.GetProperty("metadata")));
    }
}
