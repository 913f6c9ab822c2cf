using LakeAspire.Conformance.ObjectStores;
using Lakehouse.Formats.IO;

namespace Lakehouse.Storage.Tests.S3;

[Collection(Alone.Name)]
public sealed class S3StreamingTests : StreamingConformance
{
    protected override async Task<IObjectStore> OpenAsync() => (await CephBucket.CreateAsync()).Open();
}
