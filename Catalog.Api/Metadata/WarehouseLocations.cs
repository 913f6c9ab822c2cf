using System.Text;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.IO;
using Lakehouse.Storage;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Metadata;

/// <summary>Where tables may lie: inside the warehouse, and nowhere else.</summary>
internal sealed class WarehouseLocations(IObjectStore store)
{
    /// <summary>Properties of tables that say where writers write.</summary>
    public static readonly IReadOnlyList<string> Properties = ["write.data.path", "write.metadata.path", "write.object-storage.path", "write.folder-storage.path"];

    /// <summary>
    /// The location of a new table. Its end is part of the table's id, so that no later table of the same name, after a drop or a rename, shares the folder.
    /// </summary>
    public string ForNewTable(TableName name, Guid id) => $"{store.Root}/{Folder(name.Namespace.Dotted)}/{Folder(name.Name)}-{id.ToString("N")[^12..]}";

    /// <summary>A location as the store writes it.</summary>
    /// <exception cref="LakeAspire.ServiceDefaults.Errors.ApiException">400 when it is not below the warehouse.</exception>
    public string Inside(string location)
    {
        try
        {
            var canonical = ObjectStores.Canonical(location);
            if (canonical.StartsWith(store.Root + "/", StringComparison.Ordinal))
            {
                return canonical;
            }
        }
        catch (LakehouseException exception)
        {
            throw CatalogErrors.BadRequest($"the location is refused: {exception.Message}");
        }

        throw CatalogErrors.BadRequest($"the location '{NamespaceName.Shown(location)}' is not inside the warehouse");
    }

    /// <summary>The updates with their locations checked.</summary>
    public IReadOnlyList<TableUpdate> Checked(IReadOnlyList<TableUpdate> updates) => updates.Select(Checked).ToList();

    /// <summary>The updates of a view with their locations checked.</summary>
    public IReadOnlyList<IViewUpdate> Checked(IReadOnlyList<IViewUpdate> updates) => updates.Select(update => update is TableUpdate shared ? (IViewUpdate)Checked(shared) : update).ToList();

    /// <summary>Refuses properties that would lead writers out of the warehouse.</summary>
    public void Check(IReadOnlyDictionary<string, string>? properties)
    {
        foreach (var name in Properties)
        {
            if (properties is not null && properties.TryGetValue(name, out var location))
            {
                Inside(location);
            }
        }
    }

    /// <summary>Refuses metadata of others that refers to files elsewhere.</summary>
    public void Check(TableMetadata metadata)
    {
        Inside(metadata.Location);
        Check(metadata.Properties);
        foreach (var snapshot in metadata.Snapshots)
        {
            Check(snapshot);
        }
    }

    /// <summary>Refuses a view of others that lies elsewhere.</summary>
    public void Check(ViewMetadata metadata)
    {
        Inside(metadata.Location);
        Check(metadata.Properties);
    }

    TableUpdate Checked(TableUpdate update)
    {
        switch (update)
        {
            case SetLocation set:
                return new SetLocation(Inside(set.Location));
            case SetProperties set:
                Check(set.Updates);
                return set;
            case AddSnapshot add:
                Check(add.Snapshot);
                return add;
            case SetStatistics set:
                Inside(set.Statistics.StatisticsPath);
                return set;
            case SetPartitionStatistics set:
                Inside(set.PartitionStatistics.StatisticsPath);
                return set;
            default:
                return update;
        }
    }

    void Check(Snapshot snapshot)
    {
        foreach (var location in (snapshot.Manifests ?? []).Append(snapshot.ManifestList).OfType<string>())
        {
            Inside(location);
        }
    }

    /// <summary>A name as a folder: what is not plain becomes an underscore, since the id already tells tables apart.</summary>
    static string Folder(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            text.Append(char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '_');
        }

        return text.ToString(0, Math.Min(text.Length, 100));
    }
}
