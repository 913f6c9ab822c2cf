using System.Text.Json.Serialization;
using LakeAspire.Query.Expansion;
using LakeAspire.Query.Tables;
using Lakehouse.Engine.Filters;

namespace LakeAspire.Query.Explain;

/// <summary>What a statement reads: the answer to <c>explain=true</c>. It says of each table what the caller may know, and no more.</summary>
internal sealed record QueryPlanBody
{
    /// <summary>The branch or tag that the statement reads where it names no other.</summary>
    public required string Branch { get; init; }

    /// <summary>Its commit; null before the first.</summary>
    public long? Commit { get; init; }

    /// <summary>Who runs it.</summary>
    public required string Principal { get; init; }

    public required IReadOnlyList<PlannedTableBody> Tables { get; init; }

    public required IReadOnlyList<PlannedViewBody> Views { get; init; }

    public static QueryPlanBody Of(ResolvedTables resolved)
    {
        var statement = resolved.Statement;
        return new QueryPlanBody
        {
            Branch = statement.Head.Branch,
            Commit = statement.Head.Commit,
            Principal = statement.Caller.Name,
            Tables = [.. resolved.Tables.Where(table => table.Table.IsShown).Select(Of)],
            Views = [.. statement.Views.Where(view => view.IsShown).Select(Of)],
        };
    }

    static PlannedTableBody Of(PlannedTable table)
    {
        var plan = table.TellsFiles ? table.Resolved.Plan : null;
        return new PlannedTableBody
        {
            Name = table.Table.Table.ToString(),
            Kind = table.Table.Opened is QueriedDelta ? "delta" : "iceberg",
            Branch = table.Table.Entry.Branch,
            Commit = table.Table.Entry.Commit,
            Version = table.Table.Opened.Version,
            Files = plan is null ? null : new KeptBody(plan.FilesKept, plan.Files),
            Manifests = plan?.Manifests is var (read, all) ? new KeptBody(read, all) : null,
            Filter = table.Table.Guard is null && table.Use.Filter is { } filter ? FilterSql.Of(filter) : null,
            Columns = table.Table.Guard is null ? table.Use.Columns : null,
            Through = Through(table.Table),
            Policy = PolicyBody.Of(table.Table),
        };
    }

    static PlannedViewBody Of(ViewRelation view) => new()
    {
        Name = view.Table.ToString(),
        Branch = view.Entry.Branch,
        Commit = view.Entry.Commit,
        Definer = view.Entry.View!.Definer,
        Hidden = view.IsBarrier,
        Through = Through(view),
        Policy = PolicyBody.Of(view),
    };

    static List<string>? Through(LakeRelation relation) => relation.Through.Count == 0 ? null : [.. relation.Through.Select(view => view.ToString()).Order(StringComparer.Ordinal)];
}

/// <summary>A table of a plan.</summary>
internal sealed record PlannedTableBody
{
    public required string Name { get; init; }

    /// <summary>iceberg or delta.</summary>
    public required string Kind { get; init; }

    public required string Branch { get; init; }

    public long? Commit { get; init; }

    /// <summary>Snapshot of an Iceberg table, version of a Delta table.</summary>
    public long? Version { get; init; }

    /// <summary>Data files; absent where the numbers would tell of hidden rows.</summary>
    public KeptBody? Files { get; init; }

    public KeptBody? Manifests { get; init; }

    /// <summary>What files were left out by; absent when nothing was known, and where a row filter is part of it.</summary>
    public string? Filter { get; init; }

    /// <summary>Columns that the query reads, those of filters aside; absent when that is not known, and where those of a row filter are among them.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Views that it is read through.</summary>
    public IReadOnlyList<string>? Through { get; init; }

    /// <summary>What binds the caller.</summary>
    public PolicyBody? Policy { get; init; }
}

/// <summary>A view of a plan.</summary>
internal sealed record PlannedViewBody
{
    public required string Name { get; init; }

    public required string Branch { get; init; }

    public long? Commit { get; init; }

    /// <summary>Whose rights its tables are read with.</summary>
    public string? Definer { get; init; }

    /// <summary>Whether what it reads is hidden from the caller.</summary>
    public required bool Hidden { get; init; }

    public IReadOnlyList<string>? Through { get; init; }

    public PolicyBody? Policy { get; init; }
}

/// <summary>How many of how many are needed.</summary>
internal sealed record KeptBody(long Kept, long All);

/// <summary>That there is a row filter or masks; what they are is not said.</summary>
internal sealed record PolicyBody(bool RowFilter, IReadOnlyList<string> Masked)
{
    public static PolicyBody? Of(LakeRelation relation) => relation.Guard is { } guard ? new PolicyBody(guard.HasFilter, guard.Masked) : null;
}

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(QueryPlanBody))]
internal sealed partial class ExplainJson : JsonSerializerContext;
