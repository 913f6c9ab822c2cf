using Lakehouse.Formats.Iceberg;
using Lakehouse.Formats.Puffin;

namespace Lakehouse.Formats.Tests.Golden;

/// <summary>Deletion vectors of other writers, as their manifests name them.</summary>
public sealed class GoldenDeletionVectorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("spark-iceberg-v3")]
    [InlineData("flink-iceberg")]
    [InlineData("iceberg")]
    public async Task Every_vector_reads(string golden)
    {
        var (vectors, positions) = (0, 0L);
        foreach (var table in GoldenTable.All(golden))
        {
            foreach (var file in table.MetadataFiles)
            {
                var metadata = TableMetadataJson.Parse(await File.ReadAllBytesAsync(file));
                foreach (var snapshot in metadata.Snapshots.Where(snapshot => snapshot.ManifestList is { } list && table.Has(list)))
                {
                    foreach (var manifest in (await ManifestListReader.ReadAsync(table, snapshot)).Where(manifest => manifest.Content == ManifestContent.Deletes))
                    {
                        await foreach (var entry in ManifestReader.ReadAsync(table, manifest, metadata).Where(entry => entry.IsLive && entry.DataFile.IsDeletionVector() && table.Has(entry.DataFile.FilePath)))
                        {
                            var bitmap = await DeletionVectors.ReadAsync(table, entry.DataFile);
                            Assert.Equal(entry.DataFile.RecordCount, bitmap.Cardinality);
                            Assert.True(DeletionVectorBlob.Read(DeletionVectorBlob.Write(bitmap), "again").SetEquals(bitmap));
                            vectors++;
                            positions += bitmap.Cardinality;
                        }
                    }
                }
            }
        }

        output.WriteLine($"{golden}: {vectors} vectors, {positions} positions");
        Assert.True(vectors > 0);
    }
}
