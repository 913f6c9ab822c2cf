using LakeAspire.Testing;

namespace LakeAspire.Bench;

/// <summary>ClickHouse (chdb) doing what the bench asks of every contender.</summary>
internal static class ClickHousePeer
{
    const string Categories = "multiIf(AppName IN ('CHANNEL','KPLUS'), 'TV', AppName IN ('VOD','FIMS','BHD'), 'Movie', AppName = 'SPORT', 'Sport', AppName = 'CHILD', 'Child', AppName = 'RELAX', 'Relax', '')";

    /// <remarks>Its own way of skipping bad lines (input_format_allow_errors_ratio) loses good ones beside them, so lines are read as text first.</remarks>
    public static long Bronze(string input, string output)
    {
        using var clickHouse = new ClickHouse("/");
        clickHouse.Query($"""
            INSERT INTO FUNCTION file('{output}', Parquet)
            SELECT e._index AS Index, e._type AS Type, e._id AS Id, e._score AS Score, e._source.AppName AS AppName, e._source.Contract AS Contract, e._source.Mac AS Mac,
                   e._source.TotalDuration AS TotalDuration, YYYYMMDDToDate(toUInt32(extract(CAST(file AS String), '[0-9]{"{8}"}'))) AS Date
            FROM (
                SELECT _file AS file,
                       JSONExtract(line, 'Tuple(_index String, _type String, _id String, _score Int64, _source Tuple(Contract String, Mac String, TotalDuration Int64, AppName String))') AS e
                FROM file('{input}/*.json', LineAsString) WHERE JSONType(line, '_source', 'TotalDuration') = 'Int64')
            SETTINGS output_format_parquet_compression_method = 'zstd', engine_file_truncate_on_insert = 1
            """);
        return clickHouse.Query($"SELECT count() AS n FROM file('{output}')")[0].GetProperty("n").GetInt64();
    }

    public static long Pipeline(string bronze, string output)
    {
        using var clickHouse = new ClickHouse("/");
        const string settings = "SETTINGS output_format_parquet_compression_method = 'zstd', engine_file_truncate_on_insert = 1";
        clickHouse.Query($"""
            INSERT INTO FUNCTION file('{output}/watch.parquet', Parquet)
            SELECT Contract,
                   sumIf(TotalDuration, c = 'TV') AS TVDuration, sumIf(TotalDuration, c = 'Child') AS ChildDuration, sumIf(TotalDuration, c = 'Movie') AS MovieDuration,
                   sumIf(TotalDuration, c = 'Relax') AS RelaxDuration, sumIf(TotalDuration, c = 'Sport') AS SportDuration,
                   arrayReverseSort([(TVDuration, 'TV'), (ChildDuration, 'Child'), (MovieDuration, 'Movie'), (RelaxDuration, 'Relax'), (SportDuration, 'Sport')]) AS ranked,
                   ranked[1].2 AS MostWatch, ranked[2].2 AS SecondMostWatch, ranked[3].2 AS ThirdMostWatch
            FROM (SELECT Contract, TotalDuration, {Categories} AS c FROM file('{bronze}') WHERE length(Contract) > 1 AND TotalDuration > 0)
            WHERE c <> '' GROUP BY Contract {settings}
            """);
        clickHouse.Query($"""
            INSERT INTO FUNCTION file('{output}/rfm.parquet', Parquet)
            WITH t AS (
                SELECT Contract, dateDiff('day', max(Date), toDate('2022-05-01')) AS Recency, round(uniqExact(Date) / 30 * 100, 2) AS Frequency, sum(TotalDuration) AS Monetary
                FROM file('{bronze}') WHERE length(Contract) > 1 GROUP BY Contract),
            q AS (SELECT quantilesExactInclusive(1/3, 2/3)(-Recency) AS r, quantilesExactInclusive(1/3, 2/3)(Frequency) AS f, quantilesExactInclusive(1/3, 2/3)(Monetary) AS m FROM t)
            SELECT Contract, Recency, Frequency, Monetary,
                   1 + (-Recency > r[1]) + (-Recency > r[2]) AS R, 1 + (Frequency > f[1]) + (Frequency > f[2]) AS F, 1 + (Monetary > m[1]) + (Monetary > m[2]) AS M
            FROM t CROSS JOIN q {settings}
            """);
        clickHouse.Query($"""
            INSERT INTO FUNCTION file('{output}/gold.parquet', Parquet)
            SELECT w.Contract AS Contract, TVDuration, ChildDuration, MovieDuration, RelaxDuration, SportDuration,
                   TVDuration + ChildDuration + MovieDuration + RelaxDuration + SportDuration AS SumDuration, MostWatch, concat(toString(R), toString(F), toString(M)) AS RFM
            FROM file('{output}/watch.parquet') AS w INNER JOIN file('{output}/rfm.parquet') AS r ON w.Contract = r.Contract {settings}
            """);
        return clickHouse.Query($"SELECT count() AS n FROM file('{output}/gold.parquet')")[0].GetProperty("n").GetInt64();
    }
}
