using System.Text.Json;
using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

[Collection(SharedLakeCollection.Name)]
public class ClickHouseTests(SharedLake shared)
{
    [Theory]
    [InlineData("bronze", "watchlog", "count(*) as n, sum(TotalDuration) as a, count(distinct Contract) as b, min(Date) as c, max(Date) as d")]
    [InlineData("silver", "rfm", "count(*) as n, sum(Monetary) as a, sum(Recency) as b, round(sum(Frequency), 2) as c, max(Contract) as d")]
    [InlineData("silver", "watch", "count(*) as n, sum(TVDuration) as a, sum(MovieDuration) as b, max(Contract) as c, min(Contract) as d")]
    [InlineData("gold", "customer_360", "count(*) as n, sum(SumDuration) as a, count(distinct RFM) as b, max(TypeOfCustomers) as c, min(MostWatch) as d")]
    public async Task ClickHouse_reads_the_same_rows(string layer, string table, string figures)
    {
        using var client = shared.Lake.Client("catalog-api");
        var detail = JsonDocument.Parse(await client.GetStringAsync($"api/tables/{layer}/{table}")).RootElement;
        var location = new Uri(detail.GetProperty("location").GetString()!).LocalPath;
        var metadata = new Uri(detail.GetProperty("metadataLocation").GetString()!).LocalPath;
        using var clickHouse = new ClickHouse(Path.Combine(shared.Lake.DataDir, "warehouse"));
        var theirs = clickHouse.Query(
            $"select {figures} from icebergLocal('{location}', settings iceberg_metadata_file_path = '{Path.GetRelativePath(location, metadata)}')")[0];
        var ours = (await shared.Lake.QueryAsync($"select {figures} from {layer}.{table}"))[0];
        Assert.True(theirs.GetProperty("n").ToString() is not "0");
        foreach (var property in ours.EnumerateObject())
        {
            Assert.Equal(property.Value.ToString(), theirs.GetProperty(property.Name).ToString());
        }
    }
}
