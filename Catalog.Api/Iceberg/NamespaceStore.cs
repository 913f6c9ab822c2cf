using System.Text.Json;
using LakeAspire.Catalog.Access.Checks;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Commits;
using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Idempotency;
using LakeAspire.Catalog.Metadata;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Namespaces and their properties. Each change is a commit.</summary>
internal sealed class NamespaceStore(CommitStore store, CommitRunner runner, TableLookup lookup)
{
    public async Task CreateAsync(LakeView view, NamespaceName name, IReadOnlyDictionary<string, string> properties, string author, CancellationToken cancellationToken)
    {
        Check(properties);
        if (name.Parent is { } parent && !await lookup.NamespaceExistsAsync(view, parent, cancellationToken))
        {
            // The specification has no 404 here.
            throw CatalogErrors.BadRequest($"The namespace around it does not exist: {parent}");
        }

        // Most callers that create what exists learn so without a lock.
        if (await lookup.NamespaceExistsAsync(view, name, cancellationToken))
        {
            throw CatalogErrors.NamespaceExists(name);
        }

        await CommitAsync(view, name, new PointerChange(Guid.CreateVersion7(), Base: null, Target(name, properties, author)), author, $"create namespace {name}", cancellationToken);
    }

    /// <summary>Creates a namespace, and those around it, unless they exist.</summary>
    public async Task EnsureAsync(LakeView view, NamespaceName name, string author, CancellationToken cancellationToken)
    {
        if (await lookup.NamespaceExistsAsync(view, name, cancellationToken))
        {
            return;
        }

        if (name.Parent is { } parent)
        {
            await EnsureAsync(view, parent, author, cancellationToken);
        }

        try
        {
            await CreateAsync(view, name, new Dictionary<string, string>(StringComparer.Ordinal), author, cancellationToken);
        }
        catch (ServiceDefaults.Errors.ApiException exception) when (exception.Status == 409)
        {
            // Another caller was first.
        }
    }

    public async Task<IReadOnlyDictionary<string, string>> PropertiesAsync(LakeView view, NamespaceName name, CancellationToken cancellationToken) => Read(await GetAsync(view, name, cancellationToken));

    /// <summary>Last levels of the names below a parent (or at the top), one level deep.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(LakeView view, NamespaceName? parent, Pages.Page page, CancellationToken cancellationToken)
    {
        if (parent is { } existing)
        {
            await GetAsync(view, existing, cancellationToken);
        }

        return await lookup.NamesAsync(view, parent?.Text ?? "", PointerKind.Namespace, page, cancellationToken);
    }

    public async Task<UpdateNamespacePropertiesResponse> UpdateAsync(LakeView view, NamespaceName name, UpdateNamespacePropertiesRequest change, string author, CancellationToken cancellationToken)
    {
        var updates = change.Updates ?? [];
        var removals = (change.Removals ?? []).Distinct(StringComparer.Ordinal).ToList();
        if (removals.FirstOrDefault(updates.ContainsKey) is { } twice)
        {
            throw new ServiceDefaults.Errors.ApiException(422, $"the property '{NamespaceName.Shown(twice)}' is both updated and removed", "UnprocessableEntityException");
        }

        Check(updates);
        while (true)
        {
            var pointer = await GetAsync(view, name, cancellationToken);
            CheckedNames.Demand(view, name, pointer.TableId);
            var properties = Read(pointer);
            var missing = removals.Where(key => !properties.Remove(key)).ToList();
            foreach (var (key, value) in updates)
            {
                properties[key] = value;
            }

            var answer = new UpdateNamespacePropertiesResponse([.. updates.Keys], removals.Except(missing, StringComparer.Ordinal).ToList(), missing);
            if (IdempotentCall.Current is { } call)
            {
                call.Content = JsonSerializer.Serialize(answer, IcebergBodies.Json);
            }

            if (updates.Count == 0 && answer.Removed.Count == 0)
            {
                return answer;
            }

            var next = PointerTarget.Of(pointer) with { Properties = JsonSerializer.Serialize(properties) };
            if (await TryAsync(view, name, new PointerChange(pointer.TableId, pointer.Id, next), author, $"change properties of namespace {name}", cancellationToken))
            {
                return answer;
            }
        }
    }

    /// <summary>Drops an empty namespace. Its past tables stay in the history.</summary>
    public async Task DropAsync(LakeView view, NamespaceName name, string author, CancellationToken cancellationToken)
    {
        while (true)
        {
            var pointer = await GetAsync(view, name, cancellationToken);
            CheckedNames.Demand(view, name, pointer.TableId);
            if (await TryAsync(view, name, new PointerChange(pointer.TableId, pointer.Id, Next: null) { MustBeEmpty = name }, author, $"drop namespace {name}", cancellationToken))
            {
                return;
            }
        }
    }

    async Task<PointerRow> GetAsync(LakeView view, NamespaceName name, CancellationToken cancellationToken) =>
        await lookup.FindNamespaceAsync(view, name, cancellationToken) ?? throw CatalogErrors.NoSuchNamespace(name);

    async Task CommitAsync(LakeView view, NamespaceName name, PointerChange change, string author, string message, CancellationToken cancellationToken)
    {
        if (!await TryAsync(view, name, change, author, message, cancellationToken))
        {
            throw CatalogErrors.NamespaceExists(name);
        }
    }

    /// <summary>Commits; false when another commit to the namespace was first.</summary>
    async Task<bool> TryAsync(LakeView view, NamespaceName name, PointerChange change, string author, string message, CancellationToken cancellationToken)
    {
        var request = new CommitRequest { View = view.Writable(), Author = author, Message = message, Pointers = [change] };
        return await runner.RunAsync(store, request, [name.AsEntry()], cancellationToken) switch
        {
            CommitOutcome.Committed => true,
            CommitOutcome.Moved => false,
            CommitOutcome.NoNamespace missing => throw CatalogErrors.BadRequest($"The namespace around it does not exist: {missing.Name}"),
            var outcome => throw CommitRunner.ErrorOf(outcome),
        };
    }

    static PointerTarget Target(NamespaceName name, IReadOnlyDictionary<string, string> properties, string owner) => new(name.AsEntry(), MetadataLocation: "", TableFigures.None)
    {
        Kind = PointerKind.Namespace,
        Properties = JsonSerializer.Serialize(properties),
        Owner = owner,
    };

    static void Check(IReadOnlyDictionary<string, string> properties)
    {
        foreach (var (key, value) in properties)
        {
            if (key.Length == 0 || value is null || key.Contains('\0', StringComparison.Ordinal) || value.Contains('\0', StringComparison.Ordinal))
            {
                throw CatalogErrors.BadRequest($"the property '{NamespaceName.Shown(key)}' must have a name and a text without NUL");
            }
        }
    }

    static Dictionary<string, string> Read(PointerRow row) => JsonSerializer.Deserialize<Dictionary<string, string>>(row.Properties ?? "{}")!;
}
