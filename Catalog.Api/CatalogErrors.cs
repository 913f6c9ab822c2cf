using LakeAspire.Catalog.Naming;
using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog;

/// <summary>The errors that Iceberg REST specifies, with its statuses and types; /api answers with the same ones.</summary>
internal static class CatalogErrors
{
    public static ApiException BadRequest(string message) => new(400, message);

    public static ApiException NoSuchNamespace(NamespaceName name) => new(404, $"Namespace does not exist: {name}", "NoSuchNamespaceException");

    public static ApiException NoSuchTable(TableName name) => new(404, $"Table does not exist: {name}", "NoSuchTableException");

    public static ApiException NoSuchView(TableName name) => new(404, $"View does not exist: {name}", "NoSuchViewException");

    public static ApiException NoSuchBranch(string name) => new(404, $"Branch does not exist: {NamespaceName.Shown(name)}", "NoSuchBranchException");

    public static ApiException NoSuchCommit(long id) => new(404, $"There is no commit {id}.", "NoSuchCommitException");

    public static ApiException Forbidden(string message) => new(403, message, "ForbiddenException");

    public static ApiException NotATable(Database.PointerKind kind, TableName name) => kind == Database.PointerKind.Delta ? DeltaTable(name) : new(404, $"Table does not exist: {name} is a view", "NoSuchTableException");

    public static ApiException NameTaken(Database.PointerKind kind, TableName name) =>
        kind == Database.PointerKind.View ? new(409, $"View with same name already exists: {name}", "AlreadyExistsException") : TableExists(name);

    /// <summary>A view can't have a name that something else has.</summary>
    public static ApiException ViewNameTaken(Database.PointerKind kind, TableName name) =>
        new(409, kind == Database.PointerKind.View ? $"View already exists: {name}" : $"Table with same name already exists: {name}", "AlreadyExistsException");

    public static ApiException RenameTaken(TableName from, TableName to, Database.PointerKind kind) =>
        new(409, $"Cannot rename {from} to {to}. {(kind == Database.PointerKind.View ? "View" : "Table")} already exists", "AlreadyExistsException");

    public static ApiException DeltaTable(TableName name) => new(404, $"{name} is a Delta table that others write: it is read in place by SQL and has no Iceberg metadata", "NoSuchTableException");

    public static ApiException NoSuchRun(long id) => new(404, $"Run does not exist: {id}", "NoSuchRunException");

    public static ApiException NamespaceExists(NamespaceName name) => new(409, $"Namespace already exists: {name}", "AlreadyExistsException");

    public static ApiException NamespaceNotEmpty(NamespaceName name) => new(409, $"Namespace {name} is not empty: drop the tables, views and namespaces in it first", "NamespaceNotEmptyException");

    public static ApiException BranchExists(string name) => new(409, $"There is a branch or tag '{name}' already.", "AlreadyExistsException");

    public static ApiException TableExists(TableName name) => new(409, $"Table already exists: {name}", "AlreadyExistsException");

    public static ApiException CommitFailed(string message) => new(409, message, "CommitFailedException");

    public static ApiException Position(string message, object conflict) =>
        new(409, message, "PositionConflictException", new Dictionary<string, object?>(StringComparer.Ordinal) { ["conflict"] = conflict });

    public static ApiException CommitStateUnknown() =>
        new(500, "It is not known whether the commit happened: read the table before you commit again.", "CommitStateUnknownException");

    /// <summary>The database was lost while it made a change that is no commit.</summary>
    public static ApiException ChangeInDoubt() => Unavailable("The catalog's database went away before it said whether this change was made: look at what is there before you ask again.");

    public static ApiException Unavailable(string message) => new(503, message, "ServiceUnavailableException");
}
