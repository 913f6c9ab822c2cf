using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Local;
using Lakehouse.Storage.Metering;

namespace Lakehouse.Storage;

/// <summary>Opens the store that a location belongs to.</summary>
public static class ObjectStores
{
    /// <summary>The metered store of all objects below <paramref name="root"/>; the scheme of the location chooses the implementation.</summary>
    /// <exception cref="LakehouseException"><see cref="LakehouseErrorKind.Unsupported"/> for a scheme that no implementation serves.</exception>
    public static IObjectStore Open(string root, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        return LocalPath.IsLocal(root)
            ? new MeteredObjectStore(new LocalObjectStore(root, time), "local")
            : throw LakehouseException.Unsupported($"no object store serves '{root}'");
    }
}
