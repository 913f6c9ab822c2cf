using LakeAspire.Conformance.Catalog;
using LakeAspire.Testing;

namespace LakeAspire.Catalog.Api.Tests.Iceberg;

/// <summary>The list of the compatibility kit's cases names tests that exist.</summary>
public sealed class KitCasesTests
{
    [Fact]
    public void Every_case_of_the_kit_has_a_test_or_a_reason()
    {
        var rows = File.ReadLines(Path.Combine(Repository.Root, "tests", "Conformance", "Catalog", "README.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| case", StringComparison.Ordinal))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)).Select(cells => (Case: cells[1], Test: cells[2])).ToList();
        Assert.True(rows.Count > 120);
        Assert.Equal(rows.Count, rows.Select(row => row.Case).Distinct().Count());
        var tests = typeof(CatalogConformance).GetMethods().Select(method => method.Name).ToHashSet();
        Assert.All(rows.Where(row => !row.Test.StartsWith("– ", StringComparison.Ordinal)), row => Assert.Contains(row.Test, tests));
    }
}
