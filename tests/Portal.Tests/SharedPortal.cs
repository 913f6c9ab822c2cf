using LakeAspire.Fakes;

namespace LakeAspire.Portal.Tests;

/// <summary>One portal over one lake for all tests that leave both as they were.</summary>
public sealed class SharedPortal : IAsyncLifetime
{
    public FakeLake Lake { get; private set; } = null!;

    public RunningPortal Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Lake = await FakeLake.StartAsync();
        Portal = await RunningPortal.StartAsync(Lake);
    }

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Lake.DisposeAsync();
    }
}
