namespace Lakehouse.Engine.Writes;

/// <summary>The COPY that writes a query's rows as Parquet files with field ids and reports their statistics.</summary>
/// <param name="fieldIds">Value of FIELD_IDS.</param>
/// <param name="options">Size of files and row groups.</param>
internal sealed class CopyStatement(string fieldIds, WriteOptions options)
{
    // DuckDB closes the file of a partition when it has more open than this, and opens another for it later.
    const int OpenPartitions = 2000;
    const string Pattern = "FILENAME_PATTERN '{uuidv7}'";

    /// <summary>Lets a partitioned COPY keep the files of many partitions open, so that there is one for each.</summary>
    public static readonly string KeepPartitionsOpen = $"SET partitioned_write_max_open_files = {SqlText.Literal(OpenPartitions)}";

    /// <summary>One file, its rows exactly in the order of the query.</summary>
    public string ToOneFile(string query, string path) => Text(query, path, options.Compression, "");

    /// <summary>Files of about the target size, roughly in the order of the query: with a size given, DuckDB's threads may swap a few blocks of rows.</summary>
    public string ToFiles(string query, string folder) => Text(query, folder, options.Compression, $", {Pattern}, FILE_SIZE_BYTES {SqlText.Literal(options.TargetFileSize)}");

    /// <summary>A folder for each partition. DuckDB takes no size of files here.</summary>
    /// <param name="query">Rows with their keys.</param>
    /// <param name="folder">Folder to write to.</param>
    /// <param name="keys">Names of the key columns, which are left out of the files; none gives files of about the target size.</param>
    /// <param name="isDraft">Whether the files will be read once, and written again.</param>
    public string ToPartitions(string query, string folder, IEnumerable<string> keys, bool isDraft)
    {
        var names = string.Join(", ", keys);
        var layout = names.Length > 0 ? $"PARTITION_BY ({names})" : $"FILE_SIZE_BYTES {SqlText.Literal(options.TargetFileSize)}";
        return Text(query, folder, isDraft ? "snappy" : options.Compression, $", {Pattern}, {layout}");
    }

    string Text(string query, string folder, string compression, string layout) =>
        $"""
        COPY ({query}) TO {SqlText.Literal(folder)} (
          FORMAT parquet, COMPRESSION {SqlText.Identifier(compression)}, ROW_GROUP_SIZE {SqlText.Literal(options.RowGroupRows)}, FIELD_IDS {fieldIds},
          RETURN_STATS{layout})
        """;
}
