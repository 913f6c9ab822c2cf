using Azure.Identity;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Remote;

namespace Lakehouse.Storage.Azure;

/// <summary>Stores in a container of Azure Blob Storage, over its REST interface.</summary>
public static class AzureObjectStores
{
    /// <summary>Opens the store of all blobs below a location. Blocks of a large object whose writer was killed are invisible, and Azure drops them after a week.</summary>
    /// <param name="root"><c>az://container/prefix</c> or <c>abfss://container@account.dfs.core.windows.net/prefix</c>.</param>
    /// <param name="options">How the account is reached.</param>
    /// <param name="time">Clock of retries and of signatures; the system's if null.</param>
    /// <param name="wrap">Puts a handler around the one that sends requests.</param>
    public static IObjectStore Open(string root, AzureOptions options, TimeProvider? time = null, Func<HttpMessageHandler, HttpMessageHandler>? wrap = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Problems().FirstOrDefault() is { } problem)
        {
            throw LakehouseException.InvalidData($"the options of Azure are wrong: {problem}");
        }

        time ??= TimeProvider.System;
        var location = AzureLocation.Parse(root);
        var account = location.Account ?? FirstSet(options.Account, Variable("AZURE_STORAGE_ACCOUNT"))
            ?? throw LakehouseException.InvalidData($"'{root}' names no storage account: set one in the options, or AZURE_STORAGE_ACCOUNT");
        var service = FirstSet(options.Endpoint, Variable("AZURE_STORAGE_BLOB_ENDPOINT"))?.TrimEnd('/') ?? $"https://{location.Host ?? $"{account}.blob.core.windows.net"}";
        var key = FirstSet(options.AccountKey, Variable("AZURE_STORAGE_KEY"));
        IAzureAuthorization authorization = key is null ? new TokenAuthorization(new DefaultAzureCredential(), time) : new SharedKeyAuthorization(account, key, time);
        var sending = RemoteHttp.Handler();
        var client = new HttpClient(wrap is null ? sending : wrap(sending)) { Timeout = Timeout.InfiniteTimeSpan };
        var backend = new AzureBackend(client, authorization, new Uri($"{service}/{location.Container}"));
        return new RemoteObjectStore(new RemoteRoot(root, location.Canonical, location.Authority.Length), backend, time);
    }

    static string? FirstSet(params string[] values) => Array.Find(values, value => value.Length > 0);

    static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}
