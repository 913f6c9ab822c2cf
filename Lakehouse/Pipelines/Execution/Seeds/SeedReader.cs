using System.Text;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Context;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Execution.Seeds;

/// <summary>Reads the CSV file of a seed: its columns with their types, and the texts of its rows, which the engine casts when it stores them.</summary>
public static class SeedReader
{
    /// <summary>Reads a seed.</summary>
    /// <param name="seed">The seed.</param>
    /// <returns>Types as the file's values have them, or as <c>column_types</c> says; fields without text are null.</returns>
    /// <exception cref="PipelineException">The file cannot be read, or is no CSV; the message says the line.</exception>
    public static AdapterTable Read(SeedNode seed)
    {
        ArgumentNullException.ThrowIfNull(seed);
        try
        {
            var rows = CsvText.Rows(File.ReadAllText(Path.Combine(seed.RootPath, seed.OriginalFilePath), new UTF8Encoding(false, throwOnInvalidBytes: true)), DelimiterOf(seed)).ToList();
            if (rows.Count == 0)
            {
                throw Wrong(seed, "it has no line with the names of its columns");
            }

            var names = rows[0];
            if (names.FirstOrDefault(name => string.IsNullOrWhiteSpace(name)) is not null || names.Contains(null))
            {
                throw Wrong(seed, "a column has no name");
            }

            if (rows.FindIndex(row => row.Length > names.Length) is > 0 and var longer)
            {
                throw Wrong(seed, $"row {longer} has {rows[longer].Length} fields, and there are {names.Length} columns");
            }

            var given = TypesOf(seed);
            var values = rows.Skip(1).Select(row => (IReadOnlyList<object?>)[.. row, .. Enumerable.Repeat<object?>(null, names.Length - row.Length)]).ToList();
            var columns = names.Select((name, i) => new AdapterColumn(name!.Trim(), given.GetValueOrDefault(name.Trim()) ?? SeedTypes.Of(values.Select(row => (string?)row[i])))).ToList();
            return new AdapterTable(columns, values);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException or DecoderFallbackException)
        {
            throw Wrong(seed, error is DecoderFallbackException ? "it is not UTF-8" : error.Message, error);
        }
    }

    static char DelimiterOf(SeedNode seed) => seed.Config.Text("delimiter") switch
    {
        null => ',',
        [var one] => one,
        "\\t" => '\t',
        var other => throw Wrong(seed, $"the delimiter '{other}' is not one character"),
    };

    static Dictionary<string, string> TypesOf(SeedNode seed) => seed.Config.Get("column_types") is JinjaDict types
        ? types.Entries.ToDictionary(e => Jinja.Values.Text.Of(e.Key), e => Jinja.Values.Text.Of(e.Value), StringComparer.Ordinal)
        : [];

    static PipelineException Wrong(SeedNode seed, string what, Exception? inner = null) => new(PipelineErrorKind.InvalidProject, what, seed.OriginalFilePath, inner: inner);
}
