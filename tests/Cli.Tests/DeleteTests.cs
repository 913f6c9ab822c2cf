namespace LakeAspire.Cli.Tests;

public class DeleteTests
{
    [Fact]
    public async Task A_table_has_a_layer_and_rows_a_condition()
    {
        await using var lake = await Lake.StartAsync();
        var ended = await lake.RunAsync("delete", "watch", "--where", "true");
        Assert.Equal(2, ended.Code);
        Assert.Contains("'watch' is no LAYER.TABLE", ended.Complaint, StringComparison.Ordinal);
        ended = await lake.RunAsync("delete", "silver.watch");
        Assert.Equal(2, ended.Code);
        Assert.Contains("--where", ended.Complaint, StringComparison.Ordinal);
    }
}
