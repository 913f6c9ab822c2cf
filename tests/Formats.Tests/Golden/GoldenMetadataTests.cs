using LakeAspire.Testing;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Metadata files parse or are refused as their names say.</summary>
public sealed class GoldenMetadataTests
{
    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["TableMetadataUnsupportedVersion.json"] = "format-version 42",
        ["TableMetadataV1MissingSchemaType.json"] = "\"type\" is missing",
        ["TableMetadataV2CurrentSchemaNotFound.json"] = "current-schema-id",
        ["TableMetadataV2MissingLastPartitionId.json"] = "\"last-partition-id\" is missing",
        ["TableMetadataV2MissingPartitionSpecs.json"] = "\"partition-specs\" is missing",
        ["TableMetadataV2MissingSchemas.json"] = "\"schemas\" is missing",
        ["TableMetadataV2MissingSortOrder.json"] = "\"sort-orders\" is missing",
        ["ViewMetadataInvalidCurrentSchema.json"] = "schema 1234",
        ["ViewMetadataInvalidCurrentVersion.json"] = "current-version-id",
        ["ViewMetadataMissingCurrentVersion.json"] = "\"current-version-id\" is missing",
        ["ViewMetadataMissingLocation.json"] = "\"location\" is missing",
        ["ViewMetadataMultipleSQLsForDialect.json"] = "several queries in dialect",
    };

    [Fact]
    public void Metadata_files_parse_or_are_refused_as_their_names_say()
    {
        var files = Directory.GetFiles(Needs.Golden("iceberg-metadata"), "*.json");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var name = Path.GetFileName(file);
            void Parse() => ParseFile(name, File.ReadAllBytes(file));
            if (Refused.TryGetValue(name, out var reason))
            {
                var error = Assert.Throws<LakehouseException>(Parse);
                Assert.Contains(reason, error.Message, StringComparison.Ordinal);
            }
            else
            {
                Assert.DoesNotMatch("Missing|Invalid|NotFound|Unsupported|Multiple", name);
                Parse();
            }
        }
    }

    [Fact]
    public void V1_metadata_takes_its_lists_from_the_deprecated_fields()
    {
        var metadata = TableMetadataJson.Parse(File.ReadAllBytes(Path.Combine(Needs.Golden("iceberg-metadata"), "TableMetadataV1Valid.json")));
        Assert.Equal(1, metadata.FormatVersion);
        Assert.Equal(["x", "y", "z"], metadata.CurrentSchema.Fields.Select(field => field.Name));
        Assert.Equal(Transform.Identity, Assert.Single(metadata.DefaultSpec.Fields).Transform);
        Assert.Equal(1000, metadata.LastPartitionId);
        Assert.True(metadata.DefaultSortOrder.IsUnsorted);
        Assert.Null(metadata.CurrentSnapshotId);
        Assert.Empty(metadata.Refs);
    }

    [Fact]
    public void V2_metadata_is_read_whole()
    {
        var metadata = TableMetadataJson.Parse(File.ReadAllBytes(Path.Combine(Needs.Golden("iceberg-metadata"), "TableMetadataV2Valid.json")));
        Assert.Equal(new Guid("9c12d441-03fe-4693-9a96-a0705ddf69c1"), metadata.TableUuid);
        Assert.Equal([1, 2], metadata.CurrentSchema.IdentifierFieldIds);
        Assert.Equal(34, metadata.LastSequenceNumber);
        Assert.Equal(3055729675574597004, metadata.CurrentSnapshot!.SnapshotId);
        Assert.Equal(3055729675574597004, metadata.Refs["main"].SnapshotId);
        Assert.Equal("bucket[4]", metadata.DefaultSortOrder.Fields[1].Transform.Text);
        Assert.Equal(NullOrder.NullsLast, metadata.DefaultSortOrder.Fields[1].NullOrder);
    }

    [Fact]
    public void What_is_written_reads_the_same()
    {
        foreach (var file in Directory.GetFiles(Needs.Golden("iceberg-metadata"), "TableMetadata*Valid*.json"))
        {
            AssertSame(TableMetadataJson.Parse(File.ReadAllBytes(file)));
        }

        var view = ViewMetadataJson.Parse(File.ReadAllBytes(Path.Combine(Needs.Golden("iceberg-metadata"), "ValidViewMetadata.json")));
        Assert.Equal(ViewMetadataJson.Write(view), ViewMetadataJson.Write(ViewMetadataJson.Parse(ViewMetadataJson.Write(view))));
        Assert.Equal("select 1 id, 'abc' data", view.CurrentVersion.Representations[0].Sql);
    }

    [Theory]
    [InlineData("spark-iceberg")]
    [InlineData("spark-iceberg-v3")]
    [InlineData("flink-iceberg")]
    [InlineData("pyiceberg")]
    [InlineData("iceberg")]
    public void Every_metadata_file_of_other_writers_parses_and_survives_a_round_trip(string golden)
    {
        foreach (var file in GoldenTable.All(golden).SelectMany(table => table.MetadataFiles))
        {
            AssertSame(TableMetadataJson.Parse(File.ReadAllBytes(file)));
        }
    }

    private static void AssertSame(TableMetadata metadata)
    {
        var written = TableMetadataJson.Write(metadata);
        var again = TableMetadataJson.Parse(written);
        Assert.Equal(written, TableMetadataJson.Write(again));
        Assert.Equal(metadata.Schemas, again.Schemas);
        Assert.Equal(metadata.PartitionSpecs, again.PartitionSpecs);
        Assert.Equal(metadata.SortOrders, again.SortOrders);
        Assert.Equal(metadata.Snapshots.Count, again.Snapshots.Count);
        Assert.Equal(written, TableMetadataJson.Write(TableMetadataJson.Parse(TableMetadataJson.WriteGzip(metadata))));
    }

    private static void ParseFile(string name, byte[] bytes)
    {
        if (name.Contains("View", StringComparison.Ordinal))
        {
            ViewMetadataJson.Parse(bytes);
        }
        else
        {
            TableMetadataJson.Parse(bytes);
        }
    }
}
