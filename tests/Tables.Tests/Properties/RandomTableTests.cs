using LakeAspire.Testing;
using LakeAspire.Testing.Postgres;
using Lakehouse.Tables.Tests.RowChanges;

namespace Lakehouse.Tables.Tests.Properties;

/// <summary>Tables of random schemas, changed at random in every way there is, against plain lists of rows.</summary>
public sealed class RandomTableTests(PostgresServer postgres)
{
    const int Steps = 14;

    [Fact]
    public async Task Tables_hold_what_a_plain_list_of_rows_holds()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"LAKEASPIRE_SEED={Soak.Seed}");
        for (var i = 0; i < Soak.Scale(60); i++)
        {
            await using var lab = await RowLab.StartAsync(postgres);
            var table = new RandomTable(lab, new Random(Soak.Seed + i));
            try
            {
                await table.CreateAsync();
                for (var step = 0; step < Steps; step++)
                {
                    await table.StepAsync();
                }

                await table.CheckAsync();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                throw new Xunit.Sdk.XunitException($"LAKEASPIRE_SEED={Soak.Seed}, table {i}:\n{table.Log}\n{exception.Message}", exception);
            }
        }
    }
}
