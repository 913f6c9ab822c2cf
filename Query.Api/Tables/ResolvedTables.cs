using System.Globalization;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Engine.Scans;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Tables;

/// <summary>A table as a query reads it.</summary>
/// <param name="View">The view over the files that it needs.</param>
/// <param name="Paths">Local files that the view reads.</param>
/// <param name="Inputs">Functions that the view uses.</param>
/// <param name="Plan">What planning kept and left out.</param>
internal sealed record ResolvedTable(TableView View, IReadOnlyList<string> Paths, IReadOnlyList<RelationInput> Inputs, TablePlan Plan);

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

/// <summary>All tables of a query.</summary>
internal sealed class ResolvedTables(IReadOnlyList<ResolvedTable> tables)
{
    public IReadOnlyList<TableView> Views { get; } = [.. tables.Select(table => table.View)];

    /// <summary>The only files that the query may open.</summary>
    public IReadOnlyList<string> Paths { get; } = [.. tables.SelectMany(table => table.Paths).Distinct(StringComparer.Ordinal)];

    /// <summary>Functions that the views use.</summary>
    public IReadOnlyList<RelationInput> Inputs { get; } = [.. tables.SelectMany(table => table.Inputs)];

    /// <summary>Data files that the query needs.</summary>
    public long FilesKept => tables.Sum(table => table.Plan.FilesKept);

    /// <summary>Data files of its tables.</summary>
    public long Files => tables.Sum(table => table.Plan.Files);

    /// <summary>What EXPLAIN says of each table.</summary>
    public IReadOnlyList<string> Notes { get; } = [.. tables.Select(table => $"{table.View.Schema}.{table.View.Name}: {table.Plan}")];
}
