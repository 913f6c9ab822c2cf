using LakeAspire.Testing;

namespace LakeAspire.Golden.Tests;

/// <summary>Every Iceberg table of the golden data, read as its writer's engine read it.</summary>
public sealed class IcebergGoldenTests(ITestOutputHelper output)
{
    public static TheoryData<string> Cases => [.. GoldenCase.Names("iceberg")];

    [Fact]
    public void There_are_cases() => Assert.NotEmpty(Needs.Golden("spark-iceberg").Length > 0 ? GoldenCase.Names("iceberg") : []);

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Cases))]
    public Task What_its_writer_reads_is_read(string name) => GoldenTest.RunAsync(name, new IcebergReader(), KnownGaps.Iceberg, output);
}
