using Lakehouse.Formats.Iceberg;
using static Lakehouse.Formats.Tests.Views.Views;

namespace Lakehouse.Formats.Tests.Views;

public sealed class ViewCommitTests
{
    private static readonly AddSchema OneSchema = new(Schema());

    [Fact]
    public void A_new_view_needs_uuid_location_and_version()
    {
        Assert.Contains("assign-uuid is missing", Refused(null));
        Assert.Contains("set-location is missing", Refused(null, new AssignUuid(Uuid)));
        Assert.Contains("set-current-view-version is missing", Refused(null, new AssignUuid(Uuid), new SetLocation(Location)));
        Assert.Contains("set-current-view-version is missing", Refused(null, new AssignUuid(Uuid), new SetLocation(Location), OneSchema, new AddViewVersion(Version(1, "select 1"))));
        Assert.Contains("the location is empty", Refused(null, new AssignUuid(Uuid), new SetLocation("/")));
        Assert.Contains("the uuid is empty", Refused(null, new AssignUuid(Guid.Empty)));
    }

    [Fact]
    public void The_updates_of_a_creation_make_a_view_whose_ids_are_its_own()
    {
        var version = Version(77, "select 1", schemaId: 5);
        var view = Applied(ViewCommit.Apply(null, [], ViewMetadata.CreateUpdates(Uuid, Location + "/", Schema(5), version, new Dictionary<string, string> { ["comment"] = "c" }), Now));
        Assert.Equal((Uuid, 1, Location, 1), (view.ViewUuid, view.FormatVersion, view.Location, view.CurrentVersionId));
        Assert.Equal([version with { VersionId = 1, SchemaId = 0 }], view.Versions);
        Assert.Equal([Schema()], view.Schemas);
        Assert.Equal([new ViewLogEntry(1000, 1)], view.VersionLog);
        Assert.Equal("c", view.Properties["comment"]);
    }

    [Theory]
    [InlineData(0, "can't go back to 0")]
    [InlineData(23, "format version 23 is not supported")]
    public void The_format_version_is_one(int version, string reason)
    {
        Assert.Contains(reason, Refused(Simple(), new UpgradeFormatVersion(version)));
        Assert.False(Assert.IsType<ViewCommitResult.Applied>(ViewCommit.Apply(Simple(), [], [new UpgradeFormatVersion(1)], Now)).Changed);
    }

    [Fact]
    public void What_does_not_exist_can_t_be_referred_to()
    {
        Assert.Contains("there is no version 23", Refused(Simple(), new SetCurrentViewVersion(23)));
        Assert.Contains("there is no schema 23", Refused(Simple(), new AddViewVersion(Version(2, "select 2", schemaId: 23))));
        Assert.Contains("no version was added", Refused(Simple(), new SetCurrentViewVersion(-1)));
        Assert.Contains("no schema was added", Refused(Simple(), new AddViewVersion(Version(2, "select 2", schemaId: -1))));
    }

    [Fact]
    public void A_version_has_one_query_for_each_dialect_whatever_its_case()
    {
        var twice = Version(2, "select 2") with { Representations = [new("select 2", "spark"), new("select 3", "Spark")] };
        Assert.Contains("\"spark\" has several", Refused(Simple(), new AddViewVersion(twice)));
        Assert.Contains("needs a query", Refused(Simple(), new AddViewVersion(twice with { Representations = [] })));
    }

    [Fact]
    public void A_uuid_is_assigned_once()
    {
        Assert.False(Assert.IsType<ViewCommitResult.Applied>(ViewCommit.Apply(Simple(), [], [new AssignUuid(Uuid)], Now)).Changed);
        Assert.Contains($"has uuid {Uuid} already", Refused(Simple(), new AssignUuid(Guid.NewGuid())));
    }

    [Fact]
    public void The_uuid_can_be_required()
    {
        Assert.IsType<ViewCommitResult.Applied>(ViewCommit.Apply(Simple(), [new AssertViewUuid(Uuid)], [], Now));
        var failed = Assert.IsType<ViewCommitResult.RequirementFailed>(ViewCommit.Apply(Simple(), [new AssertViewUuid(Guid.NewGuid())], [new SetLocation("memory://x")], Now));
        Assert.Contains("view uuid has changed", failed.Reason);
        Assert.IsType<ViewCommitResult.RequirementFailed>(ViewCommit.Apply(null, [new AssertViewUuid(Uuid)], [], Now));
    }

    [Fact]
    public void Ids_of_versions_that_are_taken_are_assigned_anew()
    {
        var view = Create(OneSchema, new AddViewVersion(Version(1, "a")), new AddViewVersion(Version(1, "b")), new AddViewVersion(Version(1, "c")), new SetCurrentViewVersion(3));
        Assert.Equal([Version(1, "a"), Version(2, "b"), Version(3, "c")], view.Versions);
        Assert.Equal([Version(1, "a"), Version(8, "b"), Version(9, "c")], Create(OneSchema, new AddViewVersion(Version(-4, "a")), new AddViewVersion(Version(8, "b")), new AddViewVersion(Version(2, "c")), new SetCurrentViewVersion(9)).Versions);
        Assert.Contains("used up", Refused(view, new AddViewVersion(Version(int.MaxValue, "d")), new AddViewVersion(Version(1, "e"))));
    }

    [Fact]
    public void A_version_that_says_the_same_is_used_again()
    {
        var view = Create(
            OneSchema,
            new AddViewVersion(Version(1, "a")),
            new AddViewVersion(Version(1, "b")),
            new AddViewVersion(Version(1, "a", at: 2000)),
            new AddViewVersion(Version(1, "b") with { Summary = new Dictionary<string, string> { ["engine-name"] = "other" } }),
            new SetCurrentViewVersion(-1));
        Assert.Equal([1, 2, 3], view.Versions.Select(version => version.VersionId));
        Assert.Equal(1000, view.Versions[0].TimestampMs);

        // "The one added last" is the one found again, and no new version.
        var back = Apply(view, new AddViewVersion(Version(99, "a", at: 3000)), new SetCurrentViewVersion(-1));
        Assert.Equal(1, back.CurrentVersionId);
        Assert.Equal(3, back.Versions.Count);
        Assert.Equal(new ViewLogEntry(Now.ToUnixTimeMilliseconds(), 1), back.VersionLog[^1]);
    }

    [Fact]
    public void Ids_of_schemas_count_from_zero_and_the_same_columns_are_one_schema()
    {
        var view = Create(
            new AddSchema(Schema(5, "x")), new AddSchema(Schema(7, "y")), new AddSchema(Schema(6, "x")), new AddSchema(Schema(9, "z")),
            new AddViewVersion(Version(1, "a", schemaId: -1)), new AddSchema(Schema(8, "y")), new AddViewVersion(Version(1, "b", schemaId: -1)), new SetCurrentViewVersion(-1));
        Assert.Equal([Schema(0, "x"), Schema(1, "y"), Schema(2, "z")], view.Schemas);
        Assert.Equal([2, 1], view.Versions.Select(version => version.SchemaId));
        Assert.Equal("y", view.CurrentSchema.Fields[0].Name);
    }

    [Fact]
    public void Columns_of_a_view_may_have_any_type_but_no_nonsense()
    {
        var nano = new Schema(0, [new NestedField(1, "t", false, IcebergType.TimestampNs)]);
        Assert.Equal(nano with { SchemaId = 1 }, Apply(Simple(), new AddSchema(nano)).Schemas[1]);
        Assert.Contains("can't be required", Refused(Simple(), new AddSchema(new Schema(0, [new NestedField(1, "t", true, IcebergType.Unknown)]))));
    }

    [Fact]
    public void Only_the_last_version_of_a_commit_enters_the_log()
    {
        var view = Apply(Simple(), new AddViewVersion(Version(2, "b", at: 2000)), new SetCurrentViewVersion(-1), new AddViewVersion(Version(3, "c", at: 3000)), new SetCurrentViewVersion(-1));
        Assert.Equal([new ViewLogEntry(1000, 1), new ViewLogEntry(3000, 3)], view.VersionLog);

        // One that comes back does so at the time of the commit.
        Assert.Equal(new ViewLogEntry(Now.ToUnixTimeMilliseconds(), 2), Apply(view, new SetCurrentViewVersion(2)).VersionLog[^1]);
    }

    [Fact]
    public void Old_versions_go_by_their_ids_and_never_those_of_the_commit()
    {
        IViewUpdate keepTwo = new SetProperties(new Dictionary<string, string> { ["version.history.num-entries"] = "2" });
        var view = Create(keepTwo, OneSchema, new AddViewVersion(Version(1, "a", at: 9)), new AddViewVersion(Version(2, "b", at: 8)), new AddViewVersion(Version(3, "c", at: 7)), new SetCurrentViewVersion(3));
        Assert.Equal(3, view.Versions.Count);

        var later = Apply(view, new SetProperties(new Dictionary<string, string> { ["a"] = "1" }));
        Assert.Equal([2, 3], later.Versions.Select(version => version.VersionId));

        // The current version stays, however old.
        var rolledBack = Apply(view, new SetCurrentViewVersion(1));
        Assert.Equal([1, 3], rolledBack.Versions.Select(version => version.VersionId));
    }

    [Fact]
    public void The_log_begins_after_the_last_version_that_is_unknown()
    {
        var view = Simple(("version.history.num-entries", "2"));
        view = Apply(view, new AddViewVersion(Version(2, "b")), new SetCurrentViewVersion(-1));
        view = Apply(view, new SetCurrentViewVersion(1));
        view = Apply(view, new SetCurrentViewVersion(2));
        Assert.Equal([1, 2, 1, 2], view.VersionLog.Select(entry => entry.VersionId));
        view = Apply(view, new AddViewVersion(Version(3, "c")), new SetCurrentViewVersion(-1));
        Assert.Equal([2, 3], view.Versions.Select(version => version.VersionId));
        Assert.Equal([2, 3], view.VersionLog.Select(entry => entry.VersionId));
    }

    [Theory]
    [InlineData("version.history.num-entries", "0", "must be a positive integer, is \"0\"")]
    [InlineData("version.history.num-entries", "many", "must be a positive integer, is \"many\"")]
    [InlineData("replace.drop-dialect.allowed", "perhaps", "must be true or false")]
    public void Properties_that_make_no_sense_are_refused(string name, string value, string reason) =>
        Assert.Contains($"{name} {reason}", Refused(Simple(), new SetProperties(new Dictionary<string, string> { [name] = value })));

    [Fact]
    public void A_view_keeps_its_dialects_unless_it_may_lose_them()
    {
        IViewUpdate[] replace = [new AddViewVersion(Version(2, "select 2", dialect: "trino")), new SetCurrentViewVersion(-1)];
        Assert.Contains("would lose the dialect spark", Refused(Simple(), replace));
        Assert.Equal(2, Apply(Simple(("replace.drop-dialect.allowed", "true")), replace).CurrentVersionId);
        Assert.Equal(2, Apply(Simple(), [.. replace, new SetProperties(new Dictionary<string, string> { ["replace.drop-dialect.allowed"] = "TRUE" })]).CurrentVersionId);

        var upper = Apply(Simple(), new AddViewVersion(Version(2, "select 2", dialect: "SPARK")), new SetCurrentViewVersion(-1));
        Assert.Equal("SPARK", upper.CurrentVersion.Representations[0].Dialect);

        // Versions that are not current may have what dialects they like.
        Assert.Equal(1, Apply(Simple(), replace[0]).CurrentVersionId);
    }

    [Fact]
    public void Properties_and_location_change_without_a_new_version()
    {
        var view = Apply(Simple(("a", "1"), ("b", "2")), new SetProperties(new Dictionary<string, string> { ["c"] = "3" }), new RemoveProperties(["a", "missing"]), new SetLocation("memory://elsewhere/"));
        Assert.Equal([("b", "2"), ("c", "3")], view.Properties.Select(property => (property.Key, property.Value)).Order());
        Assert.Equal("memory://elsewhere", view.Location);
        Assert.Equal(Simple().VersionLog, view.VersionLog);
        Assert.Equal(Simple().Versions, view.Versions);
    }

    [Fact]
    public void What_changes_nothing_says_so()
    {
        var view = Simple(("a", "1"));
        IViewUpdate[] nothing =
        [
            new SetProperties(new Dictionary<string, string> { ["a"] = "1" }), new RemoveProperties(["b"]), new SetLocation(Location), new AddSchema(Schema(9)), new AddViewVersion(Version(9, "select 1")),
            new SetCurrentViewVersion(-1), new SetCurrentViewVersion(1),
        ];
        var applied = Assert.IsType<ViewCommitResult.Applied>(ViewCommit.Apply(view, [], nothing, Now));
        Assert.False(applied.Changed);
        Assert.Same(view, applied.Metadata);
    }

    [Fact]
    public void The_query_of_a_dialect_is_found_whatever_its_case_and_the_first_one_stands_in()
    {
        var version = Version(1, "s") with { Representations = [new("s", "spark"), new("t", "trino")] };
        Assert.Equal(("s", "t", "s"), (version.SqlFor("SPARK").Sql, version.SqlFor("Trino").Sql, version.SqlFor("unknown").Sql));
        Assert.Null(version.Find("unknown"));
        Assert.Throws<ArgumentException>(() => version.SqlFor(""));
        Assert.Throws<ArgumentNullException>(() => version.SqlFor(null!));
    }
}
