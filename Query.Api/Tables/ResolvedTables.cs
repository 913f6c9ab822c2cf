using System.Globalization;
using LakeAspire.Query.Expansion;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine.Filters;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Tables;

/// <summary>A table as a query reads it.</summary>
/// <param name="Relation">SQL of the relation over the files that it needs.</param>
/// <param name="Paths">Local files that it reads.</param>
/// <param name="Inputs">Functions that it uses.</param>
/// <param name="Plan">What planning kept and left out.</param>
internal sealed record ResolvedTable(string Relation, IReadOnlyList<string> Paths, IReadOnlyList<RelationInput> Inputs, TablePlan Plan);

/// <summary>The data files of a table that a query needs.</summary>
/// <param name="FilesKept">Those that it needs.</param>
/// <param name="Files">All of the table.</param>
/// <param name="Manifests">How many of an Iceberg table's manifests were read, and how many there are; null for other tables.</param>
internal sealed record TablePlan(long FilesKept, long Files, (long Read, long All)? Manifests = null)
{
    public static TablePlan Of(ScanPlanReport report) => new(report.FilesKept, report.Files, (report.ManifestsRead, report.Manifests));

    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"files: {FilesKept} of {Files}") + (Manifests is var (read, all) ? string.Create(CultureInfo.InvariantCulture, $", manifests: {read} of {all}") : "");
}

/// <summary>A table of a query with what was planned for it.</summary>
/// <param name="Table">The table.</param>
/// <param name="Use">What the query needs of it.</param>
/// <param name="Resolved">Its files.</param>
internal sealed record PlannedTable(TableRelation Table, TableUse Use, ResolvedTable Resolved)
{
    /// <summary>Whether the caller may be told how many files there are and which are needed: not where rows are hidden, of which the numbers would tell.</summary>
    public bool TellsFiles => Table is { IsShown: true, Guard: null };
}

/// <summary>A statement with all of its tables, ready to run.</summary>
internal sealed class ResolvedTables(ExpandedStatement statement, IReadOnlyList<PlannedTable> tables, IReadOnlyList<TableView> views)
{
    public ExpandedStatement Statement => statement;

    public IReadOnlyList<PlannedTable> Tables => tables;

    /// <summary>What a worker makes before the statement runs, in this order.</summary>
    public IReadOnlyList<TableView> Views => views;

    /// <summary>The only files that the query may open.</summary>
    public IReadOnlyList<string> Paths { get; } = [.. tables.SelectMany(table => table.Resolved.Paths).Distinct(StringComparer.Ordinal)];

    /// <summary>Functions that the views use.</summary>
    public IReadOnlyList<RelationInput> Inputs { get; } = [.. tables.SelectMany(table => table.Resolved.Inputs)];

    /// <summary>Data files that the query needs, of tables of which the caller may know that.</summary>
    public long FilesKept => tables.Where(table => table.TellsFiles).Sum(table => table.Resolved.Plan.FilesKept);

    /// <summary>Data files of those tables.</summary>
    public long Files => tables.Where(table => table.TellsFiles).Sum(table => table.Resolved.Plan.Files);
}
