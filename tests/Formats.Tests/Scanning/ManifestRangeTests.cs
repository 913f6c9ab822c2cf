using Lakehouse.Formats.Expressions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Tests.Snapshots;

namespace Lakehouse.Formats.Tests.Scanning;

/// <summary>A plan cut into parts by manifests is the plan.</summary>
public sealed class ManifestRangeTests
{
    [Fact]
    public async Task The_parts_of_a_scan_are_the_scan()
    {
        var lab = await LabAsync();
        var snapshot = lab.Table.CurrentSnapshot!;
        foreach (var filter in new[] { null, new ColumnPredicate("day", PredicateOperator.Less, new DateLiteral(4)) })
        {
            var whole = await ScanPlanner.PlanFilesAsync(lab.Store, lab.Table, snapshot, filter).Select(Text).ToListAsync();
            var manifests = await ScanPlanner.PlanManifestsAsync(lab.Store, lab.Table, snapshot, filter);
            Assert.True(manifests.HasDeletes);
            Assert.Equal(filter is null ? 8 : 4, manifests.Data.Count);
            var parts = new List<string>();
            foreach (var (place, _) in manifests.Data)
            {
                parts.AddRange(await ScanPlanner.PlanFilesAsync(lab.Store, lab.Table, snapshot, filter, new ScanPlanOptions { Manifests = new ManifestRange(place, place + 1) }).Select(Text).ToListAsync());
            }

            Assert.Equal(whole, parts);
            Assert.Equal(whole[2..], await ScanPlanner.PlanFilesAsync(lab.Store, lab.Table, snapshot, filter, new ScanPlanOptions { Manifests = new ManifestRange(manifests.Data[2].Place, 100) }).Select(Text).ToListAsync());
        }

        Assert.Contains(await ScanPlanner.PlanFilesAsync(lab.Store, lab.Table, snapshot).ToListAsync(), file => file.Deletes.Count > 0);
    }

    [Fact]
    public async Task The_parts_of_an_append_scan_are_the_append_scan()
    {
        var lab = await LabAsync();
        var (metadata, to) = (lab.Table, lab.Table.CurrentSnapshot!);
        var whole = await AppendPlanner.PlanAsync(lab.Store, metadata, null, to).Select(Text).ToListAsync();
        Assert.Equal(8, whole.Count);
        var parts = new List<string>();
        foreach (var snapshot in AppendPlanner.Appends(metadata, null, to))
        {
            foreach (var (place, _) in await AppendPlanner.ManifestsAsync(lab.Store, snapshot))
            {
                parts.AddRange(await AppendPlanner.PlanAsync(lab.Store, metadata, snapshot.ParentSnapshotId, snapshot, null, new ScanPlanOptions { Manifests = new ManifestRange(place, place + 1) }).Select(Text).ToListAsync());
            }
        }

        Assert.Equal(whole, parts);
        Assert.Equal(whole[..4], await AppendPlanner.PlanAsync(lab.Store, metadata, null, to, new ColumnPredicate("day", PredicateOperator.Less, new DateLiteral(4)), null).Select(Text).ToListAsync());
    }

    private static async Task<SnapshotLab> LabAsync()
    {
        var lab = new SnapshotLab();
        for (var day = 0; day < 8; day++)
        {
            await lab.AppendAsync(day, $"f{day}");
        }

        await lab.CommitAsync(new SnapshotChange { AddedDeleteFiles = [SnapshotLab.PositionDeletes("p1", "f1", 3, 1), SnapshotLab.Equalities("e6", 3, 6)] });
        return lab;
    }

    private static string Text(ScanFile file) => $"{SnapshotLab.Name(file.File)}: {string.Join(",", file.Deletes.Select(delete => SnapshotLab.Name(delete.File)))}";
}
