using Lakehouse.Engine;

namespace LakeAspire.Query.Parsing;

/// <summary>The DuckDB of this service itself, for parsing and for looks into Parquet footers: small, opened when first needed, never given foreign SQL to run.</summary>
internal sealed class TrustedEngine : IDisposable
{
    readonly Lazy<DuckDbDatabase> database = new(() => DuckDbDatabase.Open(new DuckDbOptions { Threads = 1, MemoryLimit = 128L << 20 }));

    public DuckDbConnection Connect() => database.Value.Connect();

    public void Dispose()
    {
        if (database.IsValueCreated)
        {
            database.Value.Dispose();
        }
    }
}
