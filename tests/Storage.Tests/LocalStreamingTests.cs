using LakeAspire.Conformance.ObjectStores;
using LakeAspire.Testing;
using Lakehouse.Formats.IO;
using Lakehouse.Storage.Local;

namespace Lakehouse.Storage.Tests;

/// <summary>Tests that measure the whole process: they run by themselves, after the others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

[Collection(Alone.Name)]
public sealed class LocalStreamingTests : StreamingConformance, IDisposable
{
    readonly TempFolder temp = new();

    protected override Task<IObjectStore> OpenAsync() => Task.FromResult<IObjectStore>(new LocalObjectStore(LocalPath.ToLocation(temp.Path)));

    public void Dispose() => temp.Dispose();
}
