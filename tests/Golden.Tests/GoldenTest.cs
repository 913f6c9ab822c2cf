namespace LakeAspire.Golden.Tests;

/// <summary>One case as a test: all of it agrees, or it is a known gap that is still there.</summary>
internal static class GoldenTest
{
    public static async Task RunAsync(string name, IGoldenReader reader, IReadOnlyDictionary<string, string> gaps, ITestOutputHelper output)
    {
        using var check = new GoldenCheck(reader, GoldenCase.Open(name));
        var faults = await check.RunAsync();
        output.WriteLine($"{check.Passed} agreed, {faults.Count} did not");
        if (gaps.TryGetValue(name, out var reason))
        {
            output.WriteLine(string.Join(Environment.NewLine, faults));
            Assert.True(faults.Count > 0, $"{name} is listed as a known gap ({reason}) and passes: take it off the list");
            return;
        }

        Assert.True(faults.Count == 0, $"{name}: {string.Join(Environment.NewLine, faults)}");
    }
}
