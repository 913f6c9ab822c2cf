using Lakehouse.Engine;

namespace LakeAspire.Bench;

/// <summary>The bare DuckDB script that does the same work without tables or commits: the measure of all others.</summary>
internal static class DuckDbPeer
{
    /// <remarks>
    /// read_json with ignore_errors would be faster and wrong: it nulls good lines beside bad ones, and takes 0.5 for an integer. This is the fastest script found that keeps every
    /// good row and no other; the number of rows is compared with the other contenders'.
    /// </remarks>
    public static async Task<long> BronzeAsync(string input, string output)
    {
        using var database = Open();
        using var connection = database.Connect();
        await connection.ExecuteAsync($$"""
            COPY (
                WITH lines AS (
                    SELECT line, filename
                    FROM read_csv('{{input}}/*.json', delim = chr(1), quote = '', escape = '', header = false, columns = {'line': 'VARCHAR'}, filename = true, auto_detect = false)),
                events AS (
                    SELECT filename, json_transform(line, '{"_index":"VARCHAR","_type":"VARCHAR","_id":"VARCHAR","_score":"BIGINT",
                        "_source":{"Contract":"VARCHAR","Mac":"VARCHAR","TotalDuration":"BIGINT","AppName":"VARCHAR"} }') AS e
                    FROM lines WHERE json_valid(line) AND json_type(line, '$._source.TotalDuration') IN ('BIGINT', 'UBIGINT'))
                SELECT e._index AS Index, e._type AS Type, e._id AS Id, e._score AS Score, e._source.AppName, e._source.Contract, e._source.Mac, e._source.TotalDuration,
                       strptime(regexp_extract(parse_filename(filename), '\d{8}'), '%Y%m%d')::DATE AS Date
                FROM events) TO '{{output}}' (FORMAT parquet, COMPRESSION zstd)
            """);
        return await connection.ScalarAsync<long>($"SELECT count(*) FROM '{output}'");
    }

    public static async Task<long> PipelineAsync(string bronze, string output)
    {
        using var database = Open();
        using var connection = database.Connect();
        string[] steps =
        [
            $"""
            COPY (
                WITH categories AS (
                    SELECT Contract, TotalDuration, CASE WHEN AppName IN ('CHANNEL', 'KPLUS') THEN 'TV' WHEN AppName IN ('VOD', 'FIMS', 'BHD') THEN 'Movie' WHEN AppName = 'SPORT' THEN 'Sport'
                        WHEN AppName = 'CHILD' THEN 'Child' WHEN AppName = 'RELAX' THEN 'Relax' END AS c
                    FROM '{bronze}' WHERE length(Contract) > 1 AND TotalDuration > 0),
                sums AS (
                    SELECT Contract, coalesce(sum(TotalDuration) FILTER (c = 'TV'), 0)::BIGINT AS TVDuration, coalesce(sum(TotalDuration) FILTER (c = 'Child'), 0)::BIGINT AS ChildDuration,
                        coalesce(sum(TotalDuration) FILTER (c = 'Movie'), 0)::BIGINT AS MovieDuration, coalesce(sum(TotalDuration) FILTER (c = 'Relax'), 0)::BIGINT AS RelaxDuration,
                        coalesce(sum(TotalDuration) FILTER (c = 'Sport'), 0)::BIGINT AS SportDuration
                    FROM categories WHERE c IS NOT NULL GROUP BY Contract),
                ranked AS (
                    SELECT *, list_reverse_sort([(TVDuration, 'TV'), (ChildDuration, 'Child'), (MovieDuration, 'Movie'), (RelaxDuration, 'Relax'), (SportDuration, 'Sport')]) AS r FROM sums)
                SELECT * EXCLUDE (r), r[1][2] AS MostWatch, CASE WHEN r[2][1] > 0 THEN r[2][2] END AS SecondMostWatch, CASE WHEN r[3][1] > 0 THEN r[3][2] END AS ThirdMostWatch
                FROM ranked) TO '{output}/watch.parquet' (FORMAT parquet, COMPRESSION zstd)
            """,
            $"""
            COPY (
                WITH t AS (
                    SELECT Contract, DATE '2022-05-01' - max(Date) AS Recency, round(count(DISTINCT Date) / 30 * 100, 2) AS Frequency, sum(TotalDuration)::BIGINT AS Monetary
                    FROM '{bronze}' WHERE length(Contract) > 1 GROUP BY Contract),
                q AS (
                    SELECT quantile_cont(-Recency, [1/3, 2/3]) AS r, quantile_cont(Frequency, [1/3, 2/3]) AS f, quantile_cont(Monetary, [1/3, 2/3]) AS m FROM t)
                SELECT Contract, Recency, Frequency, Monetary, 1 + (-Recency > r[1])::INT + (-Recency > r[2])::INT AS R,
                    1 + (Frequency > f[1])::INT + (Frequency > f[2])::INT AS F, 1 + (Monetary > m[1])::INT + (Monetary > m[2])::INT AS M
                FROM t, q) TO '{output}/rfm.parquet' (FORMAT parquet, COMPRESSION zstd)
            """,
            $"""
            COPY (
                SELECT w.Contract, TVDuration, ChildDuration, MovieDuration, RelaxDuration, SportDuration,
                    TVDuration + ChildDuration + MovieDuration + RelaxDuration + SportDuration AS SumDuration, MostWatch, R::VARCHAR || F::VARCHAR || M::VARCHAR AS RFM
                FROM '{output}/watch.parquet' w JOIN '{output}/rfm.parquet' r ON w.Contract = r.Contract) TO '{output}/gold.parquet' (FORMAT parquet, COMPRESSION zstd)
            """,
        ];
        foreach (var step in steps)
        {
            await connection.ExecuteAsync(step);
        }

        return await connection.ScalarAsync<long>($"SELECT count(*) FROM '{output}/gold.parquet'");
    }

    static DuckDbDatabase Open() => DuckDbDatabase.Open(new DuckDbOptions { PreserveInsertionOrder = false });
}
