using FsCheck.Fluent;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Views;

/// <summary>Whatever commits are made to a view, what comes out is a view, and its file says all of it.</summary>
public sealed class ViewPropertyTests
{
    [Fact]
    public void Every_chain_of_commits_leaves_views_that_hold_together_and_read_as_they_were_written() => Properties.Hold(
        Views.Updates.ListOf().ListOf(),
        commits =>
        {
            var view = Views.Simple();
            foreach (var updates in commits)
            {
                if (ViewCommit.Apply(view, [], updates.ToList(), Views.Now) is not ViewCommitResult.Applied applied)
                {
                    continue;
                }

                // What is set and set back within a commit counts as a change.
                Assert.True(applied.Changed || Text(applied.Metadata).SequenceEqual(Text(view)));
                Check(view, applied.Metadata);
                if (applied.Changed)
                {
                    var kept = applied.Metadata.Properties.TryGetValue("version.history.num-entries", out var text) ? int.Parse(text) : 10;
                    Assert.InRange(applied.Metadata.Versions.Count, 1, Math.Max(kept, updates.OfType<AddViewVersion>().Count() + 1));
                }

                view = applied.Metadata;
            }
        },
        full: 1000);

    [Fact]
    public void Updates_read_as_they_were_written() => Properties.Hold(Views.Updates, update =>
    {
        var text = Lakehouse.Formats.Json.JsonText.WriteText(json => ViewUpdateJson.Write(json, update));
        var again = ViewUpdateJson.Read(System.Text.Json.JsonDocument.Parse(text).RootElement);
        Assert.Equal(update.GetType(), again.GetType());
        Assert.Equal(text, Lakehouse.Formats.Json.JsonText.WriteText(json => ViewUpdateJson.Write(json, again)));
        Assert.Equal((update as AddViewVersion)?.Version, (again as AddViewVersion)?.Version);
    });

    private static byte[] Text(ViewMetadata view) => ViewMetadataJson.Write(view);

    private static void Check(ViewMetadata before, ViewMetadata after)
    {
        var again = ViewMetadataJson.Parse(Text(after));
        Assert.Equal(Text(after), Text(again));
        Assert.Equal(after.Versions, again.Versions);
        Assert.Equal(after.Schemas, again.Schemas);
        Assert.Equal(after.VersionLog, again.VersionLog);

        Assert.Equal(before.ViewUuid, after.ViewUuid);
        Assert.Contains(after.Versions, version => version.VersionId == after.CurrentVersionId);
        Assert.Equal(after.Versions.Count, after.Versions.Select(version => version.VersionId).Distinct().Count());
        Assert.Equal(after.Schemas.Count, after.Schemas.Select(schema => schema.SchemaId).Distinct().Count());
        Assert.All(after.Versions, version => Assert.Contains(after.Schemas, schema => schema.SchemaId == version.SchemaId));
        Assert.DoesNotContain(after.Versions, version => after.Versions.Any(other => other.VersionId != version.VersionId && other.SameDefinition(version)));

        // A version never changes.
        Assert.All(after.Versions, version => Assert.Equal(before.Versions.FirstOrDefault(old => old.VersionId == version.VersionId, version), version));
        Assert.Equal(after.CurrentVersionId, after.VersionLog[^1].VersionId);
        Assert.All(after.VersionLog, entry => Assert.Contains(after.Versions, version => version.VersionId == entry.VersionId));
        if (after.Properties.GetValueOrDefault("replace.drop-dialect.allowed") is not "true")
        {
            Assert.All(before.CurrentVersion.Representations, representation => Assert.NotNull(after.CurrentVersion.Find(representation.Dialect)));
        }
    }
}
