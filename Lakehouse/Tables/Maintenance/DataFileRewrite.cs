using Lakehouse.Engine;
using Lakehouse.Engine.Scans;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Storage;

namespace Lakehouse.Tables.Maintenance;

/// <summary>What a rewrite did.</summary>
/// <param name="Commits">Groups that were committed.</param>
/// <param name="RewrittenFiles">Data files that went.</param>
/// <param name="RewrittenBytes">Their bytes.</param>
/// <param name="AddedFiles">Data files that came.</param>
/// <param name="AddedBytes">Their bytes.</param>
public sealed record DataFileRewriteReport(int Commits, int RewrittenFiles, long RewrittenBytes, int AddedFiles, long AddedBytes);

/// <summary>
/// Rewrites data files: small ones of a partition become files of the target size, deleted rows go, rows are sorted or clustered as the table says. Rows stay what they are: in format version
/// 3 they keep their row ids and the numbers of their last change. One commit for each group; one that meets other writers is planned again.
/// </summary>
public static class DataFileRewrite
{
    /// <summary>Says what would be rewritten; no groups for an empty table.</summary>
    public static async Task<DataFileRewritePlan> PlanAsync(LakeTable table, DataFileRewriteOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.CurrentSnapshot is { } snapshot
            ? DataFileRewritePlan.Of(table.Metadata, snapshot, await table.PlanFilesAsync(cancellationToken: cancellationToken).ToListAsync(cancellationToken), options ?? new DataFileRewriteOptions())
            : new DataFileRewritePlan(0, 0, []);
    }

    /// <summary>Plans, and rewrites group by group.</summary>
    /// <param name="lake">The lake.</param>
    /// <param name="connection">Connection to read and write on.</param>
    /// <param name="table">The table.</param>
    /// <param name="options">What is worth it.</param>
    /// <param name="localFiles">Gives local paths of data files; by default those of <c>file:</c> locations.</param>
    /// <param name="cancellationToken">Cancels between and within groups; what is committed stays.</param>
    /// <exception cref="LakehouseException">OutcomeUnknown: nobody knows whether a group was committed. Conflict: other writers were first each time. Unsupported: what can't be read.</exception>
    public static async Task<DataFileRewriteReport> RunAsync(
        Lake lake, DuckDbConnection connection, TableIdentifier table, DataFileRewriteOptions? options = null, ILocalFiles? localFiles = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(lake);
        options ??= new DataFileRewriteOptions();
        var report = new DataFileRewriteReport(0, 0, 0, 0, 0);
        var opened = await lake.LoadTableAsync(table, cancellationToken);
        var first = await PlanAsync(opened, options, cancellationToken);
        foreach (var planned in first.Groups)
        {
            // A group is what the snapshot of its own plan has; deletes since then are told by that snapshot alone.
            var (plan, group, again) = (first, (DataFileRewriteGroup?)planned, false);
            await Yielding.RunAsync(async () =>
            {
                opened = await lake.LoadTableAsync(table, cancellationToken);
                if (again)
                {
                    // Others were here: this partition is looked at again, as it is now.
                    plan = await PlanAsync(opened, options, cancellationToken);
                    group = plan.Groups.FirstOrDefault(now => now.Partition == planned.Partition);
                }

                again = true;
                return group is null ? null : await RewriteAsync(plan, group);
            });
        }

        return report;

        async Task<CommitResult> RewriteAsync(DataFileRewritePlan plan, DataFileRewriteGroup group)
        {
            await using var transaction = lake.BeginTransaction("maintenance", $"rewrite {group.Files.Count} data files of {table}");
            var added = await WriteAsync(transaction, group);
            transaction.Stage(opened, ChangeOf(opened.Metadata, plan, group, added));
            var result = await transaction.CommitAsync(cancellationToken);
            if (result is CommitResult.Committed)
            {
                report = new DataFileRewriteReport(
                    report.Commits + 1, report.RewrittenFiles + group.Files.Count, report.RewrittenBytes + group.Bytes, report.AddedFiles + added.Count, report.AddedBytes + added.Sum(file => file.FileSizeInBytes));
            }

            return result;
        }

        async Task<IReadOnlyList<DataFile>> WriteAsync(TableTransaction transaction, DataFileRewriteGroup group)
        {
            var keepsIds = opened.Metadata.FormatVersion >= 3;
            var target = new ScanTarget(table.ToString(), opened.Metadata, opened.Schema, group.Files)
            {
                Store = lake.Store,
                MetadataColumns = keepsIds ? [MetadataColumns.RowId, MetadataColumns.LastUpdatedSequenceNumber] : [],
            };
            var relation = await SnapshotRelation.BuildAsync(connection, target, localFiles ?? transaction.Files, cancellationToken);
            var write = WriteOptions.Of(opened.Metadata) with { RowLineage = keepsIds };
            return await ParquetTableWriter.WriteAsync(
                connection, $"SELECT * FROM {relation.Sql}", transaction.WriteTarget(opened), options.TargetFileSize is { } size ? write with { TargetFileSize = size } : write, cancellationToken);
        }
    }

    static SnapshotChange ChangeOf(TableMetadata metadata, DataFileRewritePlan plan, DataFileRewriteGroup group, IReadOnlyList<DataFile> added)
    {
        // Who writes equality deletes goes on to do so: what is rewritten stays older than those that come meanwhile.
        var hasEqualityDeletes = metadata.SnapshotById(plan.SnapshotId)?.SummaryNumber("total-equality-deletes") is not 0;
        return new SnapshotChange
        {
            Operation = SnapshotOperation.Replace,
            AddedDataFiles = added,
            RemovedDataFiles = [.. group.Files.Select(file => file.File.FilePath)],
            RemovedDeleteFiles = group.GoneDeletes,
            DataSequenceNumber = hasEqualityDeletes ? plan.SequenceNumber : null,
            Validation = new ChangeValidation { StartingSnapshotId = plan.SnapshotId },
        };
    }
}
