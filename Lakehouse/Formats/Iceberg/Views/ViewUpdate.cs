namespace Lakehouse.Formats.Iceberg;

/// <summary>A change of view metadata (REST catalog specification, <c>ViewUpdate</c>), applied by <see cref="ViewCommit"/>. Some are those of tables.</summary>
public interface IViewUpdate
{
    /// <summary>Name in the REST specification.</summary>
    string Action { get; }
}

/// <summary>Adds a version; one that says the same is found again instead.</summary>
/// <param name="Version">Version; its id is a wish. A schema id of <see cref="TableUpdate.LastAdded"/> means the schema added last.</param>
public sealed record AddViewVersion(ViewVersion Version) : IViewUpdate
{
    /// <inheritdoc />
    public string Action => "add-view-version";
}

/// <summary>Makes a version the current one.</summary>
/// <param name="VersionId">Its id, or <see cref="TableUpdate.LastAdded"/>.</param>
public sealed record SetCurrentViewVersion(int VersionId) : IViewUpdate
{
    /// <inheritdoc />
    public string Action => "set-current-view-version";
}

/// <summary>What has to hold for a commit to a view (REST catalog specification, <c>ViewRequirement</c>).</summary>
public abstract record ViewRequirement
{
    private protected ViewRequirement()
    {
    }

    /// <summary>Name in the REST specification.</summary>
    public abstract string Type { get; }
}

/// <summary>It is that view.</summary>
/// <param name="Uuid">Its identity.</param>
public sealed record AssertViewUuid(Guid Uuid) : ViewRequirement
{
    /// <inheritdoc />
    public override string Type => "assert-view-uuid";
}
