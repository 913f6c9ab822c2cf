using System.Text.Json.Serialization;

namespace LakeAspire.Query.Resolution;

/// <summary>Tables that a principal is about to read, all from one state of the lake.</summary>
/// <param name="Branch">Branch or tag; null = main.</param>
/// <param name="AsOf">Commit or time; null = its head.</param>
/// <param name="Principal">With whose rights.</param>
/// <param name="Tables">The tables.</param>
/// <param name="Purpose">What for, for the audit log.</param>
internal sealed record ResolveRequest(string? Branch, string? AsOf, string Principal, IReadOnlyList<ResolveTable> Tables, string Purpose);

/// <summary>A table that is to be read.</summary>
/// <param name="Namespace">Its namespace; dots separate levels.</param>
/// <param name="Name">Its name.</param>
/// <param name="At">The state of the lake that it is read from, as <c>dev</c>, <c>dev@123</c> or <c>dev@2026-11-21T10:00:00Z</c>; null = the request's.</param>
internal sealed record ResolveTable(string Namespace, string Name, string? At);

/// <summary>What the catalog decided.</summary>
internal sealed record ResolveResponse
{
    /// <summary>The state that was read, such that asking for it again gives the same.</summary>
    public required string Ref { get; init; }

    /// <summary>The branch or tag.</summary>
    public required string Branch { get; init; }

    /// <summary>The commit; null before the first.</summary>
    public long? Commit { get; init; }

    /// <summary>The time that was meant, when it was not what is current.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Who reads.</summary>
    public required ResolvedPrincipal Principal { get; init; }

    /// <summary>One for each table of the request, in its order.</summary>
    public required IReadOnlyList<ResolvedEntry> Tables { get; init; }
}

/// <summary>A principal.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsOperator">Whether it may do everything.</param>
/// <param name="SeesAll">Whether it is the installation itself, whom no row filter binds.</param>
/// <param name="Groups">Groups and roles that it is in.</param>
internal sealed record ResolvedPrincipal(string Name, bool IsOperator, bool SeesAll, IReadOnlyList<string> Groups);

/// <summary>What a name stands for.</summary>
internal enum ResolvedKind
{
    /// <summary>Nothing, or nothing that the principal may know of.</summary>
    None,

    /// <summary>An Iceberg table.</summary>
    Table,

    /// <summary>A Delta table that others write.</summary>
    Delta,

    /// <summary>A view.</summary>
    View,
}

/// <summary>A table or view, as the principal may read it.</summary>
internal sealed record ResolvedEntry
{
    public required ResolvedKind Kind { get; init; }

    /// <summary>Its namespace as the catalog spells it.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its name as the catalog spells it.</summary>
    public required string Name { get; init; }

    /// <summary>The state of the lake that it is read from, such that asking for it again gives the same.</summary>
    public required string Ref { get; init; }

    /// <summary>The branch or tag.</summary>
    public required string Branch { get; init; }

    /// <summary>The commit; null before the first.</summary>
    public long? Commit { get; init; }

    /// <summary>The time that was meant, when it was not what is current.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>Why it may not be read although it may be known; null when it may.</summary>
    public string? Denied { get; init; }

    public Guid? TableId { get; init; }

    /// <summary>Metadata file of an Iceberg table.</summary>
    public string? MetadataLocation { get; init; }

    /// <summary>Folder of a Delta table.</summary>
    public string? Location { get; init; }

    public ResolvedView? View { get; init; }

    /// <summary>What binds the principal; null when nothing does.</summary>
    public ResolvedPolicy? Policy { get; init; }
}

/// <summary>A view of the catalog.</summary>
/// <param name="Sql">Its SELECT.</param>
/// <param name="Dialect">The dialect of that.</param>
/// <param name="Definer">Who wrote it, and with whose rights its tables are read.</param>
/// <param name="DefaultNamespace">Where its tables without a namespace lie; null when there is no such place.</param>
/// <param name="Columns">Its columns.</param>
internal sealed record ResolvedView(string Sql, string Dialect, string? Definer, string? DefaultNamespace, IReadOnlyList<ResolvedColumn> Columns);

/// <summary>A column of a view.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Iceberg's name of its type; null for a nested one.</param>
internal sealed record ResolvedColumn(string Name, string? Type);

/// <summary>Row filters and masks that bind the principal.</summary>
/// <param name="Rules">The policies; rows are seen for which the filters of all of them are true.</param>
/// <param name="MetadataLocation">The metadata whose columns they name; null for other tables than Iceberg's.</param>
internal sealed record ResolvedPolicy(IReadOnlyList<ResolvedRule> Rules, string? MetadataLocation);

/// <summary>Row filter and masks: SQL over the table's columns, in which the principal stands as literals.</summary>
/// <param name="Name">The policy's name.</param>
/// <param name="RowFilter">Rows for which it is true are seen; null = all.</param>
/// <param name="Masks">What is seen instead of columns.</param>
/// <param name="Fields">The columns that both name, by field id; null when they are not known.</param>
internal sealed record ResolvedRule(string Name, string? RowFilter, IReadOnlyList<ResolvedMask> Masks, IReadOnlyList<ResolvedField>? Fields);

/// <summary>A mask.</summary>
/// <param name="Column">The column's name, or the path to a field of a struct.</param>
/// <param name="Sql">What is seen instead.</param>
internal sealed record ResolvedMask(string Column, string Sql);

/// <summary>A column, or a field within structs.</summary>
/// <param name="Path">Its names when the policy was set, from the column inwards.</param>
/// <param name="Id">Its field id.</param>
internal sealed record ResolvedField(IReadOnlyList<string> Path, int Id)
{
    /// <summary>The path as people write it.</summary>
    public string Text => string.Join('.', Path);
}

/// <summary>A policy that is about to be stored.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Rule">The policy.</param>
/// <param name="MetadataLocation">The metadata whose columns it names.</param>
internal sealed record PolicyCheckRequest(string Table, ResolvedRule Rule, string MetadataLocation);

/// <summary>What came of a check.</summary>
/// <param name="Problem">What is wrong; null when nothing is.</param>
internal sealed record PolicyCheckAnswer(string? Problem);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ResolveRequest))]
[JsonSerializable(typeof(ResolveResponse))]
[JsonSerializable(typeof(PolicyCheckRequest))]
[JsonSerializable(typeof(PolicyCheckAnswer))]
internal sealed partial class ResolutionJson : JsonSerializerContext;
