using System.Text.Json;
using Lakehouse.Engine;
using Lakehouse.Formats;

namespace LakeAspire.Golden.Tests;

/// <summary>Reads Delta tables.</summary>
internal sealed class DeltaReader : IGoldenReader
{
    public Task<GoldenRelation> ReadAsync(DuckDbConnection connection, GoldenCase golden, GoldenRead read, string? where) => throw LakehouseException.Unsupported("Delta tables are not read.");

    public Task<string?> ChangesAsync(DuckDbConnection connection, GoldenCase golden, GoldenChanges changes) => Task.FromResult<string?>(null);

    public Task<IReadOnlyList<JsonElement>?> MetadataTableAsync(GoldenCase golden, GoldenRead read) => Task.FromResult<IReadOnlyList<JsonElement>?>(null);
}
