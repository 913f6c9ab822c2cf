using System.Runtime.CompilerServices;
using System.Text;
using Lakehouse.Formats.Columns;
using Lakehouse.Formats.Delta;
using Lakehouse.Formats.Delta.Actions;
using Lakehouse.Formats.IO;

namespace Lakehouse.Formats.Tests.Delta;

/// <summary>A Delta log in memory, with the times of its files.</summary>
internal sealed class LogFolder : IObjectStore
{
    public const string Table = "file:///t";

    const string Schema = """{"type":"struct","fields":[{"name":"id","type":"long","nullable":true,"metadata":{}}]}""";

    readonly SortedDictionary<string, (byte[] Content, DateTimeOffset Time)> files = new(StringComparer.Ordinal);

    public string Root => "file:///";

    public static ProtocolAction Protocol { get; } = new(1, 2);

    public static MetadataAction Metadata { get; } = new() { Id = "t", SchemaString = Schema };

    public IEnumerable<string> Names => files.Keys;

    public static AddFile Add(string path, DeletionVectorDescriptor? vector = null) =>
        new() { Path = path, PartitionValues = new Dictionary<string, string?>(StringComparer.Ordinal), Size = 1, ModificationTime = 1, DataChange = true, DeletionVector = vector };

    public static RemoveFile Remove(string path, DeletionVectorDescriptor? vector = null) => new() { Path = path, DataChange = true, DeletionVector = vector };

    public LogFolder Commit(long version, params DeltaAction[] actions) => Put($"{version:D20}.json", DeltaActionJson.WriteLines(actions), DateTimeOffset.UnixEpoch.AddSeconds(version));

    public LogFolder Put(string name, byte[] content, DateTimeOffset time = default)
    {
        files[$"{Table}/_delta_log/{name}"] = (content, time);
        return this;
    }

    public LogFolder Delete(string name)
    {
        Assert.True(files.Remove($"{Table}/_delta_log/{name}"));
        return this;
    }

    public Task<DeltaSnapshot> OpenAsync(DeltaVersionSelector at = default) => DeltaTable.OpenAsync(this, Table, new NoParquet(), at);

    public async Task<string> PathsAsync(DeltaVersionSelector at = default) => string.Join(' ', (await OpenAsync(at)).Files.Select(file => file.Path).Order(StringComparer.Ordinal));

    public async Task<LakehouseException> FailsAsync(DeltaVersionSelector at = default) => await Assert.ThrowsAnyAsync<LakehouseException>(() => OpenAsync(at));

    public Task<Stream> OpenReadAsync(string location, ByteRange? range = null, CancellationToken cancellationToken = default) => files.TryGetValue(location, out var file)
        ? Task.FromResult<Stream>(new MemoryStream(file.Content))
        : throw new LakehouseException(LakehouseErrorKind.NotFound, $"{location} does not exist");

    public async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var (location, (content, time)) in files.Where(file => file.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            yield return new ObjectInfo(location, content.Length, time);
        }
    }

    public Task<ObjectInfo?> StatAsync(string location, CancellationToken cancellationToken = default) =>
        Task.FromResult(files.TryGetValue(location, out var file) ? new ObjectInfo(location, file.Content.Length, file.Time) : null);

    public Task<PutOutcome> PutIfAbsentAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException("it is read");

    public Task PutAsync(string location, Stream content, CancellationToken cancellationToken = default) => throw new NotSupportedException("it is read");

    public Task DeleteAsync(string location, CancellationToken cancellationToken = default) => throw new NotSupportedException("it is read");

    public static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Every Parquet file is broken.</summary>
    sealed class NoParquet : IParquetReader
    {
        public Task<ParquetDescription> DescribeAsync(string location, CancellationToken cancellationToken = default) => throw LakehouseException.InvalidData($"{location} is no Parquet file");

        public IAsyncEnumerable<ColumnBatch> ReadAsync(string location, IReadOnlyList<ParquetSelection> columns, IReadOnlyList<IReadOnlyList<string>> anyOf, CancellationToken cancellationToken = default) =>
            throw LakehouseException.InvalidData($"{location} is no Parquet file");
    }
}
