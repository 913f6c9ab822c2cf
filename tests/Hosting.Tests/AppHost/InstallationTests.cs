using LakeAspire.AppHost.Installation;
using LakeAspire.Testing;

namespace LakeAspire.Hosting.Tests.AppHost;

public sealed class InstallationTests
{
    [Fact]
    public void A_lock_is_held_once_and_free_again_after()
    {
        using var folder = new TempFolder();
        using (InstallationLock.Take(folder.Path))
        {
            var error = Assert.Throws<InstallationException>(() => InstallationLock.Take(folder.Path));
            Assert.Contains($"(process {Environment.ProcessId})", error.Message, StringComparison.Ordinal);
        }

        using var again = InstallationLock.Take(folder.Path);
    }

    [Fact]
    public void A_lock_file_of_a_dead_process_holds_nothing()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.Below("lakeaspire.lock"), "");
        File.WriteAllText(folder.Below("lakeaspire.pid"), "999999\n");
        using var taken = InstallationLock.Take(folder.Path);
    }

    [Fact]
    public void A_secret_is_made_once_and_kept()
    {
        using var folder = new TempFolder();
        var (first, other) = (SecretFile.ReadOrCreate(folder.Below("a")), SecretFile.ReadOrCreate(folder.Below("b")));
        Assert.NotEqual(first, other);
        Assert.Equal(48, first.Length);
        Assert.Equal(first, SecretFile.ReadOrCreate(folder.Below("a")));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void Locations_are_addresses_with_what_needs_it_encoded()
    {
        using var folder = new TempFolder();
        Assert.True(LakeInstallation.TryOpen(["--data-dir", folder.Below("my lake#1"), "--base-port", "0"], out var lake, out _));
        using (lake)
        {
            Assert.Equal($"file://{folder.Path}/my%20lake%231/warehouse", lake.Warehouse);
            Assert.Equal($"{folder.Path}/my lake#1/scratch", lake.Scratch);
            Assert.Null(lake.Port(LakePort.Portal));
            Assert.True(Directory.Exists(lake.Scratch));
        }
    }

    [Fact]
    public void Ports_follow_the_first()
    {
        using var folder = new TempFolder();
        Assert.True(LakeInstallation.TryOpen(["--data-dir", folder.Path, "--base-port", "6000"], out var lake, out _));
        using (lake)
        {
            Assert.Equal([6000, 6001, 6002, 6003, 6005, 6006, 6007, 6008], Enum.GetValues<LakePort>().Where(p => p != LakePort.Free).Select(p => lake.Port(p)!.Value).Order());
            Assert.Null(lake.Port(LakePort.Free));
        }
    }
}
