using Lakehouse.Engine;
using Lakehouse.Pipelines.Compilation;
using Lakehouse.Pipelines.Planning;
using Lakehouse.Pipelines.Running;

namespace Lakehouse.Pipelines.Tests;

/// <summary>A lake of Parquet files in a folder: what is published is copied to <c>published/</c>. Stands in for the catalog, on the real engine.</summary>
internal sealed class FolderLake(string folder) : IPipelineLake
{
    readonly Dictionary<string, string> sources = [];
    readonly Dictionary<(string, long), long> commits = [];

    /// <summary>What the next publications answer before they do anything.</summary>
    public Queue<PublicationResult> Answers { get; } = new();

    public List<IReadOnlyDictionary<string, string>> Published { get; } = [];

    public string PathOf(string table) => Path.Combine(folder, "published", $"{table}.parquet");

    public IEnumerable<string> StagedFiles => Directory.Exists(Path.Combine(folder, "staged")) ? Directory.EnumerateFiles(Path.Combine(folder, "staged")) : [];

    /// <summary>Adds a source table with the rows of a query.</summary>
    public async Task AddSourceAsync(string table, string query)
    {
        var path = Path.Combine(folder, $"{table}.parquet");
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        await connection.ExecuteAsync($"COPY ({query}) TO {SqlText.Literal(path)} (FORMAT parquet)");
        sources[table] = path;
    }

    /// <summary>Says that a run is published already.</summary>
    public void AddCommit(string pipeline, long run, long commit) => commits[(pipeline, run)] = commit;

    public Task<OpenedSource?> OpenSourceAsync(DuckDbConnection connection, PlannedSource source, CancellationToken cancellationToken) =>
        Task.FromResult(sources.TryGetValue(source.FullName, out var path) ? new OpenedSource($"SELECT * FROM {SqlText.Literal(path)}", "7") : null);

    public Task<long?> FindCommitAsync(PipelineRun run, CancellationToken cancellationToken) =>
        Task.FromResult<long?>(commits.TryGetValue((run.Pipeline, run.Id), out var commit) ? commit : null);

    public IPipelinePublication Begin(PipelineRun run, IReadOnlyDictionary<string, string> properties) => new Publication(this, run, properties);

    /// <summary>All rows of a published table as texts, one for each row, ordered.</summary>
    public async Task<List<string>> RowsAsync(string table, string columns = "*")
    {
        using var database = DuckDbDatabase.Open();
        using var connection = database.Connect();
        var rows = new List<string>();
        await using var result = await connection.QueryAsync($"SELECT array_to_string(list_transform(json_extract(to_json(t), '$.*'), x -> trim(x::VARCHAR, '\"')), '|') FROM (SELECT {columns} FROM {SqlText.Literal(PathOf(table))}) t ORDER BY 1");
        await foreach (var batch in result.ReadAsync())
        {
            using (batch)
            {
                for (var i = 0; i < batch.RowCount; i++)
                {
                    rows.Add(System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(i)));
                }
            }
        }

        return rows;
    }

    sealed class Publication(FolderLake lake, PipelineRun run, IReadOnlyDictionary<string, string> properties) : IPipelinePublication
    {
        readonly Lock gate = new();
        readonly Dictionary<string, string> staged = [];

        string Folder => Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(lake.PathOf("x"))!, "..", "staged")).FullName;

        public async Task<WrittenModel> WriteAsync(DuckDbConnection connection, ParsedModel model, string sql, CancellationToken cancellationToken)
        {
            var path = Path.Combine(Folder, $"{Guid.NewGuid():n}.parquet");
            lock (gate)
            {
                staged[$"{model.Namespace}.{model.Alias}"] = path;
            }

            var rows = await connection.ExecuteAsync($"COPY ({sql}) TO {SqlText.Literal(path)} (FORMAT parquet)", cancellationToken: cancellationToken);
            return new WrittenModel(rows, $"SELECT * FROM {SqlText.Literal(path)}");
        }

        public Task<PublicationResult> PublishAsync(IReadOnlyList<string> lineage, CancellationToken cancellationToken)
        {
            if (lake.Answers.TryDequeue(out var answer))
            {
                return Task.FromResult(answer);
            }

            foreach (var (table, path) in staged)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(lake.PathOf(table))!);
                File.Move(path, lake.PathOf(table), overwrite: true);
            }

            lake.commits[(run.Pipeline, run.Id)] = 100 + run.Id;
            lake.Published.Add(properties);
            return Task.FromResult<PublicationResult>(new PublicationResult.Published(100 + run.Id));
        }

        public ValueTask DisposeAsync()
        {
            foreach (var path in staged.Values)
            {
                File.Delete(path);
            }

            return ValueTask.CompletedTask;
        }
    }
}
