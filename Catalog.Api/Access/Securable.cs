using LakeAspire.Catalog.Database;
using LakeAspire.Catalog.Naming;
using LakeAspire.Catalog.Tables;

namespace LakeAspire.Catalog.Access;

/// <summary>Something that rights are held on.</summary>
internal abstract record Securable
{
    Securable()
    {
    }

    /// <summary>The lake as a whole.</summary>
    public static Securable Lake { get; } = new LakeSecurable();

    /// <summary>A namespace; who made it may manage it, if that is known.</summary>
    public static Securable Namespace(NamespaceName name, string? owner = null) => new NamespaceSecurable(name, owner);

    /// <summary>A table or view that is there.</summary>
    public static Securable Object(TableName name, Guid tableId, string? owner, bool isView = false) => new ObjectSecurable(name, tableId, owner) { IsView = isView };

    /// <summary>A branch or tag; who made it may manage it, if that is known.</summary>
    public static Securable Branch(string name, string? owner = null) => new BranchSecurable(name, owner);

    /// <summary>As it is called in the audit log.</summary>
    public abstract string Text { get; }

    /// <summary>The answer to somebody who may not even know of it: the same as if it were not there.</summary>
    public abstract Exception NotThere { get; }

    internal sealed record LakeSecurable : Securable
    {
        public override string Text => "lake";

        public override Exception NotThere => CatalogErrors.Forbidden("You may not do this on the lake as a whole.");
    }

    internal sealed record NamespaceSecurable(NamespaceName Name, string? Owner) : Securable
    {
        public override string Text => "namespace " + Name.Dotted;

        public override Exception NotThere => CatalogErrors.NoSuchNamespace(Name);
    }

    internal sealed record ObjectSecurable(TableName Name, Guid TableId, string? Owner) : Securable
    {
        /// <summary>Whether it is a view, which has an error of its own.</summary>
        public bool IsView { get; init; }

        public override string Text => $"{(IsView ? "view" : "table")} {Name}";

        public override Exception NotThere => IsView ? CatalogErrors.NoSuchView(Name) : CatalogErrors.NoSuchTable(Name);
    }

    internal sealed record BranchSecurable(string Name, string? Owner) : Securable
    {
        public override string Text => "branch " + Name;

        public override Exception NotThere => CatalogErrors.NoSuchBranch(Name);
    }
}
