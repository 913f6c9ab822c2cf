using System.Text;
using LakeAspire.Testing.Catalog;
using LakeAspire.Testing.Postgres;
using Lakehouse.Pipelines.Sessions;
using Lakehouse.Tables;

namespace Lakehouse.Pipelines.Tests.Sessions;

/// <summary>A lake over a real catalog, and sessions of SQL on one of its branches.</summary>
internal sealed class SessionLab : IAsyncDisposable
{
    readonly CatalogServer server;

    SessionLab(CatalogServer server, string? branch, SessionOptions options)
    {
        this.server = server;
        Main = new Lake(new CatalogClient(server.Service), server.Store);
        Sessions = new LakeSessions(branch is null ? Main : Main.On(branch), options);
    }

    public CatalogServer Server => server;

    public Lake Main { get; }

    public LakeSessions Sessions { get; }

    public static async Task<SessionLab> StartAsync(PostgresServer postgres, SessionOptions? options = null) =>
        new(await CatalogServer.StartAsync(postgres), branch: null, options ?? new SessionOptions { IsShared = false, Threads = 1 });

    /// <summary>Runs statements in a session of their own, and gives the rows of the last one as text.</summary>
    public async Task<string> RunAsync(string sql)
    {
        await using var session = await Sessions.OpenAsync();
        return await RunAsync(session, sql);
    }

    public static async Task<string> RunAsync(LakeSession session, string sql)
    {
        await using var result = await session.QueryAsync(sql);
        if (!result.HasRows)
        {
            return result.Rows is { } rows ? $"{result.Command} {rows}" : result.Command;
        }

        await DrainAsync(result);
        return result.Command;
    }

    /// <summary>The rows of a query, each as a text of its values.</summary>
    public static async Task<IReadOnlyList<string>> RowsAsync(LakeSession session, string query)
    {
        var count = (await session.DescribeAsync(query)).Count;
        var names = Enumerable.Range(0, count).Select(i => $"c{i}").ToArray();
        var rows = new List<string>();
        await using var result = await session.QueryAsync($"SELECT '(' || concat_ws(', ', {string.Join(", ", names.Select(n => $"coalesce(CAST({n} AS VARCHAR), 'NULL')"))}) || ')' FROM (\n{query}\n) AS q({string.Join(", ", names)})");
        await foreach (var batch in result.ReadAsync())
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    rows.Add(Encoding.UTF8.GetString(batch.Columns[0].Bytes(row)));
                }
            }
        }

        return rows;
    }

    public async Task<IReadOnlyList<string>> RowsAsync(string query)
    {
        await using var session = await Sessions.OpenAsync();
        return await RowsAsync(session, query);
    }

    public async ValueTask DisposeAsync()
    {
        await Sessions.DisposeAsync();
        await server.DisposeAsync();
    }

    static async Task DrainAsync(SessionResult result)
    {
        await foreach (var batch in result.ReadAsync())
        {
            batch.Dispose();
        }
    }
}
