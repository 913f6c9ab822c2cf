using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

/// <summary>Where an installation keeps its data.</summary>
public sealed record TestStore
{
    public const string InFolder = "folder";
    public const string InS3 = "s3";
    public const string InAzure = "azure";

    /// <summary>The data folder.</summary>
    public static TestStore Folder { get; } = new();

    /// <summary>What the AppHost is told.</summary>
    public IReadOnlyList<string> Options { get; private init; } = [];

    /// <summary>What it has in its environment.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; private init; } = new Dictionary<string, string>();

    /// <summary>A store of one test's own. Ends the test as "not run" where its server is not installed.</summary>
    public static async Task<TestStore> CreateAsync(string kind)
    {
        switch (kind)
        {
            case InS3:
                var ceph = await Ceph.StartAsync();
                return new TestStore { Options = ["--store", $"s3://{await ceph.CreateBucketAsync()}/a/lake"], Environment = ceph.Environment };
            case InAzure:
                var azurite = await Azurite.StartAsync();
                return new TestStore { Options = ["--store", $"az://{await azurite.CreateContainerAsync()}/a/lake"], Environment = azurite.Environment };
            default:
                return Folder;
        }
    }

    /// <summary>All data is in the store, and no secret of it in what the installation wrote or printed.</summary>
    public void AssertNothingElsewhere(LakeInstallation lake)
    {
        if (Options.Count == 0)
        {
            return;
        }

        Assert.False(Directory.Exists(Path.Combine(lake.DataDir, "warehouse")));
        Assert.False(Directory.Exists(Path.Combine(lake.DataDir, "landing")));
        var secret = Environment.Single(variable => variable.Key is "AWS_SECRET_ACCESS_KEY" or "AZURE_STORAGE_KEY").Value;
        Assert.DoesNotContain(secret, lake.Output, StringComparison.Ordinal);
        foreach (var log in Directory.EnumerateFiles(Path.Combine(lake.DataDir, "logs"), "*", SearchOption.AllDirectories))
        {
            Assert.DoesNotContain(secret, File.ReadAllText(log), StringComparison.Ordinal);
        }
    }
}
