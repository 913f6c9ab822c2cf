using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Azure;
using Lakehouse.Storage.Local;
using Lakehouse.Storage.Metering;
using Lakehouse.Storage.Remote;
using Lakehouse.Storage.S3;

namespace Lakehouse.Storage;

/// <summary>Opens the store that a location belongs to.</summary>
public static class ObjectStores
{
    /// <summary>A location as stores write it: of one spelling of its scheme, without a slash at its end, and with nothing in it that could lead elsewhere.</summary>
    /// <exception cref="LakehouseException">It is malformed, or has segments that are refused.</exception>
    public static string Canonical(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        if (LocalPath.IsLocal(location))
        {
            return LocalPath.ToLocation(LocalPath.FromLocation(location));
        }

        var text = (S3Location.Canonical(location) ?? location).TrimEnd('/');
        var authority = S3Location.IsS3(text) ? $"s3://{S3Location.BucketOf(text)}" : AzureLocation.IsAzure(text) ? AzureLocation.Parse(text).Authority : null;
        if (authority is not null && text.Length > authority.Length)
        {
            RemoteRoot.Check(text[(authority.Length + 1)..], text);
        }

        return text;
    }

    /// <summary>Whether a location is one of a store behind a network.</summary>
    public static bool IsRemote(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return S3Location.IsS3(location) || AzureLocation.IsAzure(location);
    }

    /// <summary>The bucket or container of a remote location, as a location.</summary>
    /// <exception cref="LakehouseException">Unsupported: the location is of no remote store; InvalidData: it names no bucket or container.</exception>
    public static string RootOf(string location)
    {
        ArgumentNullException.ThrowIfNull(location);
        return AzureLocation.IsAzure(location) ? AzureLocation.Parse(location).Authority : $"s3://{S3Location.BucketOf(location)}";
    }

    /// <summary>The metered store of all objects below <paramref name="root"/>, with what the environment says of its server.</summary>
    /// <inheritdoc cref="Open(string, StorageOptions, TimeProvider?)"/>
    public static IObjectStore Open(string root, TimeProvider? time = null) => Open(root, new StorageOptions(), time);

    /// <summary>The metered store of all objects below <paramref name="root"/>; the scheme of the location chooses the implementation.</summary>
    /// <param name="root">A location: <c>file:///folder</c>, <c>s3://bucket/prefix</c> (also <c>s3a:</c>, <c>s3n:</c>), <c>az://container/prefix</c>, <c>abfss://container@account.dfs.core.windows.net/prefix</c>.</param>
    /// <param name="options">How the servers are reached.</param>
    /// <param name="time">Clock; the system's if null.</param>
    /// <exception cref="LakehouseException"><see cref="LakehouseErrorKind.Unsupported"/> for a scheme that no implementation serves.</exception>
    public static IObjectStore Open(string root, StorageOptions options, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentNullException.ThrowIfNull(options);
        if (LocalPath.IsLocal(root))
        {
            return new MeteredObjectStore(new LocalObjectStore(root, time), "local");
        }

        if (S3Location.IsS3(root))
        {
            return new MeteredObjectStore(S3ObjectStores.Open(root, options.S3, time), "s3");
        }

        return AzureLocation.IsAzure(root)
            ? new MeteredObjectStore(AzureObjectStores.Open(root, options.Azure, time), "azure")
            : throw LakehouseException.Unsupported($"no object store serves '{root}'");
    }
}
