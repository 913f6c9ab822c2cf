using LakeAspire.Testing;

namespace LakeAspire.EndToEnd.Tests;

/// <summary>One installation with a small sample month, for tests that only look.</summary>
public sealed class SharedLake : IAsyncLifetime
{
    public const long Events = 40_000;

    readonly TempFolder folder = new();

    public LakeInstallation Lake { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Lake = await LakeInstallation.StartAsync(folder.Below("lake"), "--sample-events", $"{Events}");
        await Lake.WaitForGoldAsync(Events);
    }

    public async ValueTask DisposeAsync()
    {
        await Lake.DisposeAsync();
        folder.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class SharedLakeCollection : ICollectionFixture<SharedLake>
{
    public const string Name = "shared lake";
}
