using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Tables.Maintenance;

namespace Lakehouse.Tables.Tests.Maintenance;

/// <summary>Which snapshots expire, as a pure function of the metadata.</summary>
public sealed class SnapshotExpiryPlanTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 31, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Branches_keep_snapshots_by_age_and_by_count()
    {
        var table = Table();
        Assert.Equal([1, 2], Expired(table));
        Assert.Equal([1, 2, 3], Expired(table, new SnapshotExpiryOptions { MaxSnapshotAge = TimeSpan.FromDays(2.5) }));
        Assert.Equal([1], Expired(table, new SnapshotExpiryOptions { MinSnapshotsToKeep = 4, MaxSnapshotAge = TimeSpan.Zero }));
        Assert.Equal([1, 2, 3, 4], Expired(table, new SnapshotExpiryOptions { MaxSnapshotAge = TimeSpan.Zero }));
        Assert.Equal([1, 2, 3], Expired(With(table, "history.expire.max-snapshot-age-ms", "200000000")));
        Assert.Empty(Expired(With(table, "history.expire.min-snapshots-to-keep", "5")));
        Assert.Throws<LakehouseException>(() => Expired(With(table, "history.expire.min-snapshots-to-keep", "x")));
    }

    [Fact]
    public void A_branch_has_its_own_retention_and_a_tag_keeps_its_snapshot()
    {
        var table = Table();
        Assert.Equal([2], Expired(Refs(table, ("v1", new SnapshotRef(1, SnapshotRefType.Tag)))));
        Assert.Empty(Expired(Refs(table, ("main", new SnapshotRef(5, SnapshotRefType.Branch, MinSnapshotsToKeep: 5)))));
        Assert.Equal([1], Expired(Refs(table, ("side", new SnapshotRef(2, SnapshotRefType.Branch)))));
        Assert.Empty(Expired(Refs(table, ("side", new SnapshotRef(2, SnapshotRefType.Branch, MaxSnapshotAgeMs: long.MaxValue)))));
    }

    [Fact]
    public void Branches_and_tags_themselves_expire_but_never_main()
    {
        var table = Refs(Table(), ("v1", new SnapshotRef(1, SnapshotRefType.Tag, MaxRefAgeMs: 1000)), ("main", new SnapshotRef(5, SnapshotRefType.Branch, MaxRefAgeMs: 1000)));
        var plan = SnapshotExpiryPlan.Of(table, new SnapshotExpiryOptions(), Now);
        Assert.Equal(["v1"], plan.Refs);
        Assert.Equal([1L, 2], plan.Snapshots.Select(snapshot => snapshot.SnapshotId));
        Assert.Equal(["v1"], SnapshotExpiryPlan.Of(With(Refs(Table(), ("v1", new SnapshotRef(1, SnapshotRefType.Tag))), "history.expire.max-ref-age-ms", "1000"), new SnapshotExpiryOptions(), Now).Refs);
    }

    [Fact]
    public void What_no_branch_leads_to_goes_when_it_is_old()
    {
        var rolledBack = Refs(Table(), ("main", new SnapshotRef(2, SnapshotRefType.Branch)));
        Assert.Equal([1, 3], Expired(rolledBack, new SnapshotExpiryOptions { MaxSnapshotAge = TimeSpan.FromDays(2.5) }));
    }

    [Fact]
    public void Snapshots_go_by_name_unless_something_is_at_them()
    {
        var table = Refs(Table(), ("v1", new SnapshotRef(3, SnapshotRefType.Tag)));
        Assert.Equal([4], Expired(table, new SnapshotExpiryOptions { SnapshotIds = [3, 4, 5], MaxSnapshotAge = TimeSpan.FromDays(100) }));
    }

    [Fact]
    public void Schemas_that_nothing_uses_go_too_and_a_table_may_forbid_it_all()
    {
        var table = Table();
        table = table with { Schemas = [.. table.Schemas, table.Schemas[0] with { SchemaId = 7 }], Snapshots = [.. table.Snapshots.Select(snapshot => snapshot with { SchemaId = snapshot.SnapshotId == 1 ? 7 : 0 })] };
        Assert.Equal([7], SnapshotExpiryPlan.Of(table, new SnapshotExpiryOptions(), Now).Schemas);
        Assert.Equal(LakehouseErrorKind.Unsupported, Assert.Throws<LakehouseException>(() => Expired(With(table, "gc.enabled", "false"))).Kind);
    }

    static IEnumerable<int> Expired(TableMetadata table, SnapshotExpiryOptions? options = null)
    {
        var plan = SnapshotExpiryPlan.Of(table, options ?? new SnapshotExpiryOptions(), Now);
        var change = plan.ToChange(table);
        // Whatever is planned can be committed.
        Assert.IsType<TableCommitResult.Applied>(TableCommit.Apply(table, change.Requirements, change.Updates, new TableCommitContext(Now)));
        return plan.Snapshots.Select(snapshot => (int)snapshot.SnapshotId);
    }

    /// <summary>Five snapshots, of 7, 6, 2.9, 2 and 1 days ago.</summary>
    static TableMetadata Table()
    {
        var ages = new[] { 7, 6, 2.9, 2, 1 };
        var table = TableMetadata.Create("memory://t", TestLake.Columns, null, null, null, Guid.NewGuid(), Now.AddDays(-30));
        var snapshots = ages.Select((age, i) => new Snapshot { SnapshotId = i + 1, ParentSnapshotId = i == 0 ? null : i, SequenceNumber = i + 1, TimestampMs = Now.AddDays(-age).ToUnixTimeMilliseconds(), ManifestList = "x" }).ToList();
        return table with { Snapshots = snapshots, LastSequenceNumber = 5, CurrentSnapshotId = 5, Refs = new Dictionary<string, SnapshotRef> { ["main"] = new(5, SnapshotRefType.Branch) } };
    }

    static TableMetadata With(TableMetadata table, string name, string value) => table with { Properties = new Dictionary<string, string>(table.Properties) { [name] = value } };

    static TableMetadata Refs(TableMetadata table, params (string Name, SnapshotRef Reference)[] refs)
    {
        var all = new Dictionary<string, SnapshotRef>(table.Refs);
        foreach (var (name, reference) in refs)
        {
            all[name] = reference;
        }

        return table with { Refs = all, CurrentSnapshotId = all["main"].SnapshotId };
    }
}
