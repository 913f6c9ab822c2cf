using System.Globalization;
using LakeAspire.Query.Worker.Protocol;
using Lakehouse.Formats.Iceberg;

namespace LakeAspire.Query.Tables;

/// <summary>A table as a query reads it.</summary>
/// <param name="View">The view over the files that it needs.</param>
/// <param name="Paths">Local files that the view reads.</param>
/// <param name="Report">What planning kept and left out.</param>
internal sealed record ResolvedTable(TableView View, IReadOnlyList<string> Paths, ScanPlanReport Report);

/// <summary>All tables of a query.</summary>
internal sealed class ResolvedTables(IReadOnlyList<ResolvedTable> tables)
{
    public IReadOnlyList<TableView> Views { get; } = [.. tables.Select(table => table.View)];

    /// <summary>The only files that the query may open.</summary>
    public IReadOnlyList<string> Paths { get; } = [.. tables.SelectMany(table => table.Paths).Distinct(StringComparer.Ordinal)];

    /// <summary>Data files that the query needs.</summary>
    public long FilesKept => tables.Sum(table => table.Report.FilesKept);

    /// <summary>Data files of its tables.</summary>
    public long Files => tables.Sum(table => table.Report.Files);

    /// <summary>What EXPLAIN says of each table.</summary>
    public IReadOnlyList<string> Notes { get; } =
    [
        .. tables.Select(table => string.Create(
            CultureInfo.InvariantCulture,
            $"{table.View.Schema}.{table.View.Name}: files: {table.Report.FilesKept} of {table.Report.Files}, manifests: {table.Report.ManifestsRead} of {table.Report.Manifests}")),
    ];
}
