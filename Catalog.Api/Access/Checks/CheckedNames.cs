using System.Collections.Concurrent;
using LakeAspire.Catalog.Branches;
using LakeAspire.Catalog.Naming;

namespace LakeAspire.Catalog.Access.Checks;

/// <summary>
/// What the names of a request stood for when the caller's rights were looked up. A name may come to mean another thing before the request is carried out: rights on what it was must not be used on what it is.
/// What is committed is bound to the pointer that was compared here, and fails if that has moved.
/// </summary>
internal sealed class CheckedNames
{
    static readonly AsyncLocal<CheckedNames?> Ambient = new();
    readonly ConcurrentDictionary<(string Branch, TableName Name, bool IsNamespace), Guid> seen = new();

    /// <summary>Begins to note, for one request.</summary>
    public static void Begin() => Ambient.Value = new CheckedNames();

    /// <summary>Notes what a table's or view's name stands for; null: for nothing.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">409: it stood for something else a moment ago.</exception>
    public static void Note(LakeView view, TableName name, Guid? id) => Note(view, name, isNamespace: false, id);

    /// <summary>Notes what a namespace's name stands for.</summary>
    /// <inheritdoc cref="Note(LakeView, TableName, Guid?)"/>
    public static void Note(LakeView view, NamespaceName name, Guid? id) => Note(view, name.AsEntry(), isNamespace: true, id);

    /// <summary>Refuses to go on with what a name stands for now, if rights were looked up for another thing of that name.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">409 for a commit to it, 503 for all else, for which the specification has no other word.</exception>
    public static void Demand(LakeView view, TableName name, Guid? id, bool isCommit = false) => Demand(view, name, isNamespace: false, id, isCommit);

    /// <summary>The same of a namespace.</summary>
    /// <inheritdoc cref="Demand(LakeView, TableName, Guid?, bool)"/>
    public static void Demand(LakeView view, NamespaceName name, Guid? id) => Demand(view, name.AsEntry(), isNamespace: true, id, isCommit: false);

    static void Note(LakeView view, TableName name, bool isNamespace, Guid? id)
    {
        if (Ambient.Value is { } noted && noted.seen.GetOrAdd((view.Branch, name, isNamespace), id ?? Guid.Empty) != (id ?? Guid.Empty))
        {
            throw Replaced(name);
        }
    }

    static void Demand(LakeView view, TableName name, bool isNamespace, Guid? id, bool isCommit)
    {
        if (Ambient.Value is { } noted && noted.seen.TryGetValue((view.Branch, name, isNamespace), out var known) && known != (id ?? Guid.Empty))
        {
            throw isCommit ? Replaced(name) : CatalogErrors.Unavailable(MessageOf(name));
        }
    }

    static ServiceDefaults.Errors.ApiException Replaced(TableName name) =>
        new(409, MessageOf(name), "CommitFailedException") { IsFinal = false };

    static string MessageOf(TableName name) => $"{name} became another thing while your rights on it were looked up. Try again.";
}
