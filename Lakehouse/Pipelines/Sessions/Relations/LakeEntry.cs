using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Sessions.Relations;

/// <summary>What bears a name of the lake. Closed; never changed, only replaced by another.</summary>
/// <param name="Identifier">The name.</param>
/// <param name="Commit">The commit that made it what it is; null when it is not known.</param>
internal abstract record LakeEntry(TableIdentifier Identifier, long? Commit);

/// <summary>A table, with its metadata once somebody has asked for them.</summary>
internal sealed record TableEntry(TableIdentifier Identifier, long? Commit) : LakeEntry(Identifier, Commit)
{
    readonly Lock gate = new();
    Task<LakeTable>? loading;

    /// <summary>Says that its metadata are at hand.</summary>
    public TableEntry(LakeTable table, long? commit)
        : this(table.Identifier, commit) => loading = Task.FromResult(table);

    /// <summary>Its data files where they are known without reading manifests; null otherwise.</summary>
    public IReadOnlyList<ScanFile>? Files { get; init; }

    /// <summary>What tells the entry from others of the same snapshot: set where its files are not yet those of one.</summary>
    public string? Stamp { get; init; }

    /// <summary>Its relation as SQL, where that is the same in every database; null until it is known.</summary>
    public string? Relation { get; set; }

    /// <summary>Asks the catalog once, however many ask.</summary>
    public Task<LakeTable> LoadAsync(Lake lake, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (loading is null or { IsFaulted: true } or { IsCanceled: true })
            {
                loading = lake.LoadTableAsync(Identifier, cancellationToken);
            }

            return loading;
        }
    }
}

/// <summary>A view, with its SQL once somebody has asked for it.</summary>
internal sealed record ViewEntry(TableIdentifier Identifier, long? Commit) : LakeEntry(Identifier, Commit)
{
    readonly Lock gate = new();
    Task<ViewText>? loading;

    /// <summary>Says what it says.</summary>
    public ViewEntry(TableIdentifier identifier, ViewText text, long? commit)
        : this(identifier, commit) => loading = Task.FromResult(text);

    public Task<ViewText> LoadAsync(Lake lake, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (loading is null or { IsFaulted: true } or { IsCanceled: true })
            {
                loading = ReadAsync(lake, cancellationToken);
            }

            return loading;
        }
    }

    async Task<ViewText> ReadAsync(Lake lake, CancellationToken cancellationToken) => ViewText.Of(await lake.Catalog.LoadViewAsync(Identifier, cancellationToken));
}

/// <summary>A Delta table that others write.</summary>
internal sealed record DeltaEntry(TableIdentifier Identifier, long? Commit) : LakeEntry(Identifier, Commit);

/// <summary>What a view says.</summary>
/// <param name="Sql">Its query.</param>
/// <param name="DefaultNamespace">Where its names without a namespace lie.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record ViewText(string Sql, string DefaultNamespace, Schema Columns)
{
    public const string Dialect = "duckdb";

    /// <summary>DuckDB's types of columns that the lake has no types for.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>DuckDB's type of a column.</summary>
    public string TypeOf(NestedField field) => EngineTypes.TypeOf(Properties, field);

    public static ViewText Of(LoadedView view)
    {
        var version = view.Metadata.CurrentVersion;
        var query = version.Representations.FirstOrDefault(r => r.Dialect.Equals(Dialect, StringComparison.OrdinalIgnoreCase))
            ?? throw SessionException.Unsupported($"view {view.Identifier} is written for {string.Join(", ", version.Representations.Select(r => r.Dialect))} and not for DuckDB");
        return new ViewText(query.Sql, version.DefaultNamespace.Count == 0 ? view.Identifier.Namespace : DottedName.Join(version.DefaultNamespace), view.Metadata.CurrentSchema) { Properties = view.Metadata.Properties };
    }
}
