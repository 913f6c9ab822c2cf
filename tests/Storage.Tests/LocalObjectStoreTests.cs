using System.Runtime.CompilerServices;
using LakeAspire.Conformance.ObjectStores;
using LakeAspire.Testing;
using Lakehouse.Formats;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Local;

namespace Lakehouse.Storage.Tests;

public sealed class LocalObjectStoreTests : ObjectStoreConformance
{
    readonly TempFolder temp = new();

    string Folder => temp.Below("lake of é");

    string Staging => Path.Combine(Folder, LocationResolver.StagingName);

    [ModuleInitializer]
    internal static void BecomeWriter() =>
        WriterProcess.RunIfAskedAsync(root => ObjectStores.Open(root)).GetAwaiter().GetResult();

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new LocalObjectStore(LocalPath.ToLocation(Folder)));

    protected override Task<IObjectStore> ReopenAsync() => OpenAsync();

    protected override WriterProcess StartEndlessPut(string location, bool replace) =>
        WriterProcess.Start(typeof(LocalObjectStoreTests).Assembly.Location, Store.Root, location, replace);

    protected override long? BytesKept() => Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Sum(f => new FileInfo(f).Length);

    public override ValueTask DisposeAsync()
    {
        temp.Dispose();
        return base.DisposeAsync();
    }

    [Fact]
    public async Task No_location_leads_through_a_symbolic_link()
    {
        var outside = Directory.CreateDirectory(temp.Below("outside")).FullName;
        File.WriteAllText(Path.Combine(outside, "secret"), "secret");
        Directory.CreateSymbolicLink(Path.Combine(Folder, "linked"), outside);
        File.CreateSymbolicLink(Path.Combine(Folder, "file"), Path.Combine(outside, "secret"));
        File.CreateSymbolicLink(Path.Combine(Folder, "dangling"), Path.Combine(outside, "new"));

        foreach (var name in new[] { "linked/secret", "linked/deep/er", "file", "dangling" })
        {
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.PutAsync(At(name), Bytes("x")));
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.PutIfAbsentAsync(At(name), Bytes("x")));
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.OpenReadAsync(At(name)));
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.DeleteAsync(At(name)));
            await FailsAsync(LakehouseErrorKind.Denied, () => Store.StatAsync(At(name)));
        }

        Assert.Empty(await ListAsync(Store.Root));
        await FailsAsync(LakehouseErrorKind.Denied, () => ListAsync(At("linked/")));
        Assert.Equal("secret", File.ReadAllText(Path.Combine(outside, "secret")));
        Assert.False(File.Exists(Path.Combine(outside, "new")));
    }

    [Fact]
    public async Task The_staging_folder_is_out_of_reach()
    {
        await FailsAsync(LakehouseErrorKind.Denied, () => Store.PutAsync(At(LocationResolver.StagingName + "/x"), Bytes("x")));
        await FailsAsync(LakehouseErrorKind.Denied, () => ListAsync(At(LocationResolver.StagingName + "/")));
    }

    [Fact]
    public void Abandoned_staging_files_are_swept_and_those_in_use_are_not()
    {
        var abandoned = Path.Combine(Staging, "abandoned");
        var young = Path.Combine(Staging, "young");
        var used = Path.Combine(Staging, "used");
        File.WriteAllText(abandoned, "x");
        File.WriteAllText(young, "x");
        using (new FileStream(used, FileMode.CreateNew, FileAccess.Write, FileShare.None))
        {
            var long_ago = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-1);
            File.SetLastWriteTimeUtc(abandoned, long_ago);
            File.SetLastWriteTimeUtc(used, long_ago);

            _ = new LocalObjectStore(Store.Root);

            Assert.Equal(["used", "young"], Directory.EnumerateFiles(Staging).Select(Path.GetFileName).Order());
        }
    }

    [Fact]
    public async Task An_object_cannot_be_where_a_folder_is()
    {
        await Store.PutAsync(At("d/x"), Bytes("x"));

        await FailsAsync(LakehouseErrorKind.Conflict, () => Store.PutAsync(At("d"), Bytes("x")));
        Assert.Empty(Directory.EnumerateFiles(Staging));
    }

    [Fact]
    public async Task Hard_links_publish_where_renaming_without_replacement_is_not_offered()
    {
        var from = temp.Below("from");
        var to = temp.Below("to");
        await File.WriteAllTextAsync(from, "1");

        Assert.Equal(PutOutcome.Written, NativeFile.LinkIfAbsent(from, to));
        Assert.False(File.Exists(from));
        await File.WriteAllTextAsync(from, "2");
        Assert.Equal(PutOutcome.Exists, NativeFile.LinkIfAbsent(from, to));
        Assert.Equal("1", await File.ReadAllTextAsync(to));
    }
}
