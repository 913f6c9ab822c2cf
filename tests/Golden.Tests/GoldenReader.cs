using Lakehouse.Engine;

namespace LakeAspire.Golden.Tests;

/// <summary>A read of a table as the engine sees it.</summary>
/// <param name="Sql">What may stand after FROM.</param>
/// <param name="Files">Data files that are opened.</param>
internal sealed record GoldenRelation(string Sql, int Files);

/// <summary>How tables of a format are read.</summary>
internal interface IGoldenReader
{
    /// <summary>The rows of a read, before its filter and its columns are applied in SQL.</summary>
    /// <param name="connection">Connection that will run the query.</param>
    /// <param name="golden">The table.</param>
    /// <param name="read">What is read.</param>
    /// <param name="where">Its filter in DuckDB's SQL, by which files may be left out.</param>
    Task<GoldenRelation> ReadAsync(DuckDbConnection connection, GoldenCase golden, GoldenRead read, string? where);

    /// <summary>The change log; null when the reader has none.</summary>
    Task<string?> ChangesAsync(DuckDbConnection connection, GoldenCase golden, GoldenChanges changes);
}
