using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Relations;

/// <summary>The names of a branch, listed once and kept up with what the sessions do. Names are found as DuckDB finds them, whatever their case.</summary>
/// <param name="lake">The lake on the branch.</param>
/// <param name="isShared">Whether others write to it too.</param>
internal sealed class LakeNames(Lake lake, bool isShared) : IDisposable
{
    readonly SemaphoreSlim reading = new(1);
    readonly Lock gate = new();
    Dictionary<string, Dictionary<string, LakeEntry>> namespaces = new(StringComparer.OrdinalIgnoreCase);
    bool isRead;
    long? head;
    int generation;

    public Lake Lake => lake;

    /// <summary>Makes sure that the names are those of the branch as it is now.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref isRead) && !isShared)
        {
            return;
        }

        var branch = isShared ? await lake.Catalog.FindBranchAsync(lake.Catalog.Reference ?? "main", cancellationToken) : null;
        if (Volatile.Read(ref isRead) && branch is not null && branch.Head == head)
        {
            return;
        }

        await reading.WaitAsync(cancellationToken);
        try
        {
            if (!isRead || (isShared && branch?.Head != head))
            {
                await ReadAsync(cancellationToken);
                head = branch?.Head;
                Volatile.Write(ref isRead, true);
            }
        }
        finally
        {
            reading.Release();
        }
    }

    public LakeEntry? Find(string ns, string name)
    {
        lock (gate)
        {
            return namespaces.TryGetValue(ns, out var entries) ? entries.GetValueOrDefault(name) : null;
        }
    }

    /// <summary>The namespace as the catalog spells it; null when there is none.</summary>
    public string? FindNamespace(string ns)
    {
        lock (gate)
        {
            return namespaces.TryGetValue(ns, out _) ? namespaces.Keys.First(key => key.Equals(ns, StringComparison.OrdinalIgnoreCase)) : null;
        }
    }

    public IReadOnlyList<string> Namespaces()
    {
        lock (gate)
        {
            return [.. namespaces.Keys.Order(StringComparer.Ordinal)];
        }
    }

    public IReadOnlyList<LakeEntry> Entries(string? ns = null)
    {
        lock (gate)
        {
            return [.. namespaces.Where(n => ns is null || n.Key.Equals(ns, StringComparison.OrdinalIgnoreCase)).SelectMany(n => n.Value.Values).OrderBy(e => e.Identifier.ToString(), StringComparer.Ordinal)];
        }
    }

    /// <summary>Takes note of what the sessions have committed.</summary>
    public void Apply(IEnumerable<NameChange> changes)
    {
        lock (gate)
        {
            generation++;
            foreach (var change in changes)
            {
                change.ApplyTo(namespaces);
            }
        }
    }

    /// <summary>Forgets everything: nobody knows what became of a commit.</summary>
    public void Forget()
    {
        lock (gate)
        {
            generation++;
            head = null;
            Volatile.Write(ref isRead, false);
        }
    }

    public void Dispose() => reading.Dispose();

    async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var before = generation;
            var found = new Dictionary<string, Dictionary<string, LakeEntry>>(StringComparer.OrdinalIgnoreCase);
            foreach (var ns in await NamespacesAsync(null, cancellationToken))
            {
                found.TryAdd(ns, new Dictionary<string, LakeEntry>(StringComparer.OrdinalIgnoreCase));
            }

            foreach (var name in await lake.Catalog.ListNamesAsync(cancellationToken))
            {
                found.TryAdd(name.Identifier.Namespace, new Dictionary<string, LakeEntry>(StringComparer.OrdinalIgnoreCase));
                var known = Find(name.Identifier.Namespace, name.Identifier.Name);
                found[name.Identifier.Namespace][name.Identifier.Name] = known is not null && known.Commit is not null && known.Commit == name.Commit ? known : EntryOf(name);
            }

            lock (gate)
            {
                // What a session committed meanwhile may be missing in one of the lists.
                if (before == generation)
                {
                    namespaces = found;
                    return;
                }
            }
        }
    }

    static LakeEntry EntryOf(LakeName name) => name.Format switch
    {
        "view" => new ViewEntry(name.Identifier, name.Commit),
        "delta" => new DeltaEntry(name.Identifier, name.Commit),
        _ => new TableEntry(name.Identifier, name.Commit),
    };

    async Task<List<string>> NamespacesAsync(string? parent, CancellationToken cancellationToken)
    {
        var all = new List<string>();
        foreach (var ns in await lake.Catalog.ListNamespacesAsync(parent, cancellationToken))
        {
            all.Add(ns);
        }

        return all;
    }
}

/// <summary>A change of the names of a branch.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The name within; null when the namespace itself comes or goes.</param>
/// <param name="Entry">What bears the name from now on; null when nothing does.</param>
/// <param name="Comes">Of a namespace: whether it comes.</param>
internal sealed record NameChange(string Namespace, string? Name, LakeEntry? Entry, bool Comes = false)
{
    public static NameChange Of(LakeEntry entry) => new(entry.Identifier.Namespace, entry.Identifier.Name, entry);

    public static NameChange Gone(TableIdentifier name) => new(name.Namespace, name.Name, null);

    public void ApplyTo(Dictionary<string, Dictionary<string, LakeEntry>> namespaces)
    {
        if (Name is null)
        {
            if (Comes)
            {
                namespaces.TryAdd(Namespace, new Dictionary<string, LakeEntry>(StringComparer.OrdinalIgnoreCase));
            }
            else
            {
                namespaces.Remove(Namespace);
            }

            return;
        }

        if (!namespaces.TryGetValue(Namespace, out var entries))
        {
            namespaces[Namespace] = entries = new Dictionary<string, LakeEntry>(StringComparer.OrdinalIgnoreCase);
        }

        if (Entry is null)
        {
            entries.Remove(Name);
        }
        else
        {
            entries[Name] = Entry;
        }
    }
}
