using LakeAspire.Testing;

namespace LakeAspire.Golden.Tests;

/// <summary>Every Delta table of the golden data, read as its writer's engine read it.</summary>
public sealed class DeltaGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => [.. GoldenCase.Names("delta")];

    [Fact]
    public void There_are_cases() => Assert.NotEmpty(Needs.Golden("spark-delta").Length > 0 ? GoldenCase.Names("delta") : []);

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Cases))]
    public Task What_its_writer_reads_is_read(string name) => GoldenTest.RunAsync(name, new DeltaReader(), KnownGaps.Delta, output);
}
