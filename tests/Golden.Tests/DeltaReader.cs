using System.Text.Json;
using Lakehouse.Tables.Folders;

namespace LakeAspire.Golden.Tests;

/// <summary>Reads Delta tables.</summary>
internal sealed class DeltaReader : FolderReader
{
    protected override TableFormat Format => TableFormat.Delta;

    public override Task<IReadOnlyList<JsonElement>?> MetadataTableAsync(GoldenCase golden, GoldenRead read) => Task.FromResult<IReadOnlyList<JsonElement>?>(null);
}
