using Lakehouse.Engine;
using Lakehouse.Engine.Writes;
using Lakehouse.Formats;
using Lakehouse.Formats.Iceberg;

namespace Lakehouse.Tables;

/// <summary>Works a change of rows out into files, in the mode of the table, and stages it.</summary>
sealed class RowChange(TableTransaction transaction, DuckDbConnection connection, LakeTable table, ChangePlan plan, RowChangeOptions options)
{
    readonly string id = Guid.NewGuid().ToString("N");
    readonly string name = table.Identifier.ToString();
    readonly RowChangeSettings settings = RowChangeSettings.Of(table.Metadata, plan.Operation, options);

    /// <summary>Does it. Temporary tables of the connection are gone when it ends.</summary>
    /// <param name="snapshot">Snapshot that is changed; null when the branch has none.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<RowChangeResult> RunAsync(Snapshot? snapshot, CancellationToken cancellationToken)
    {
        try
        {
            var columns = plan.Source is { } source ? await CreateSourceAsync(source, cancellationToken) : [];
            var filter = await FilterAsync(columns, cancellationToken);
            var target = await TargetRows.PlanAsync(transaction.Lake, connection, table, snapshot, filter, options.LocalFiles ?? transaction.Files, cancellationToken);
            var certain = target.Certain;
            var sql = new ChangeSql(plan, table, columns.Select(column => column.Name), id);
            await connection.ExecuteAsync(sql.CreateMatches(id), cancellationToken: cancellationToken);
            await connection.ExecuteAsync(ChangeSql.CreateFiles(id), [target.Files.Select(file => file.File.FilePath).ToList()], cancellationToken);
            var touched = await MatchAsync(sql, target, cancellationToken);
            var inserted = plan.InsertClauses.Any(clause => clause.Action == MergeAction.Insert) ? await connection.ScalarAsync<long>(sql.CountInserts(), cancellationToken: cancellationToken) : 0;
            var result = new RowChangeResult(touched.Sum(file => file.Deleted) + certain.Sum(file => file.File.RecordCount), touched.Sum(file => file.Updated), inserted, Change: null);
            if (touched.Count + certain.Count == 0 && inserted == 0)
            {
                return result;
            }

            var change = await FilesAsync(sql, target, touched, inserted > 0, cancellationToken);
            change = change with
            {
                RemovedDataFiles = [.. certain.Select(file => file.File.FilePath), .. change.RemovedDataFiles],
                Summary = options.Summary ?? change.Summary,
                Validation = new ChangeValidation
                {
                    StartingSnapshotId = snapshot?.SnapshotId,
                    IsolationLevel = settings.Isolation,
                    ConflictFilter = filter.Some,
                    ReferencedDataFiles = [.. change.AddedDeleteFiles.Count > 0 ? touched.Select(file => file.File.File.FilePath) : []],
                    DeletesConflict = plan.InsertClauses.Count > 0 || plan.Clauses.Any(clause => clause.Action == MergeAction.Update),
                },
            };
            transaction.Stage(table, change, options.Branch);
            return result with { Change = change };
        }
        finally
        {
            foreach (var drop in ChangeSql.Drops(id))
            {
                await connection.ExecuteAsync(drop, cancellationToken: CancellationToken.None);
            }
        }
    }

    async Task<IReadOnlyList<ResultColumn>> CreateSourceAsync(string source, CancellationToken cancellationToken)
    {
        IReadOnlyList<ResultColumn> columns;
        await using (var described = await connection.QueryAsync($"SELECT * FROM (\n{source}\n) AS q LIMIT 0", cancellationToken: cancellationToken))
        {
            columns = described.Columns;
        }

        if (columns.FirstOrDefault(column => column.Name.Equals("rowid", StringComparison.OrdinalIgnoreCase) || column.Name.StartsWith("__lake_", StringComparison.OrdinalIgnoreCase)) is { } taken)
        {
            throw LakehouseException.Unsupported($"Unsupported: the source for table {name} has a column {taken.Name}, a name that the change itself uses; rename it.");
        }

        await connection.ExecuteAsync(ChangeSql.CreateSource(id, source), cancellationToken: cancellationToken);
        return columns;
    }

    /// <summary>What the target rows that the change concerns have in common.</summary>
    async Task<WhereFilter> FilterAsync(IReadOnlyList<ResultColumn> source, CancellationToken cancellationToken)
    {
        if (plan.On is null)
        {
            var filter = plan.Where is { } where ? await WhereFilter.ParseAsync(connection, where, table, cancellationToken) : new WhereFilter(null, null);
            return plan.TargetClauses is [{ Action: MergeAction.Delete, Condition: null }] ? filter : filter with { None = null };
        }

        return new WhereFilter(plan.TargetClauses.Count > 0 ? null : await SourceRange.FilterAsync(connection, table.Schema, plan.Keys, source, ChangeSql.SourceName(id), cancellationToken), None: null);
    }

    /// <summary>Notes the rows that change, and gives the files that have some.</summary>
    async Task<IReadOnlyList<TouchedFile>> MatchAsync(ChangeSql sql, TargetRows target, CancellationToken cancellationToken)
    {
        if (target.Files.Count == 0)
        {
            return [];
        }

        var relation = await target.RelationAsync(target.Files, cancellationToken);
        if (plan.On is not null)
        {
            await connection.ExecuteAsync(sql.InsertMatched(relation), cancellationToken: cancellationToken);
            if (plan.MatchedClauses.Count > 0)
            {
                await RefuseAmbiguousAsync(sql, cancellationToken);
            }
        }

        if (plan.TargetClauses.Count > 0)
        {
            await connection.ExecuteAsync(sql.InsertTargets(relation), cancellationToken: cancellationToken);
        }

        var touched = new List<TouchedFile>();
        await using var counts = await connection.QueryAsync(sql.Counts(), cancellationToken: cancellationToken);
        await foreach (var batch in counts.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                for (var row = 0; row < batch.RowCount; row++)
                {
                    var number = batch.Columns[0].Values<int>()[row];
                    touched.Add(new TouchedFile(number, target.Files[number], batch.Columns[1].Values<long>()[row], batch.Columns[2].Values<long>()[row]));
                }
            }
        }

        var changed = touched.Select(file => file.Number).ToHashSet();
        touched.AddRange(target.Files.Select((file, number) => new TouchedFile(number, file, 0, 0)).Where(file => plan.Rewrites.Contains(file.File.File.FilePath) && !changed.Contains(file.Number)));
        return touched;
    }

    async Task RefuseAmbiguousAsync(ChangeSql sql, CancellationToken cancellationToken)
    {
        await using var result = await connection.QueryAsync(sql.Ambiguous(), cancellationToken: cancellationToken);
        await foreach (var batch in result.ReadAsync(cancellationToken))
        {
            using (batch)
            {
                if (batch.RowCount > 0)
                {
                    var key = System.Text.Encoding.UTF8.GetString(batch.Columns[0].Bytes(0));
                    throw LakehouseException.InvalidData($"{batch.Columns[1].Values<long>()[0]} rows of the source match one row of table {name}, which can take the values of one only: {key}");
                }
            }
        }
    }

    /// <summary>Writes the files of the change.</summary>
    async Task<SnapshotChange> FilesAsync(ChangeSql sql, TargetRows target, IReadOnlyList<TouchedFile> touched, bool inserts, CancellationToken cancellationToken)
    {
        // A file without a row left just goes, whatever the mode.
        var copies = settings.Mode == RowChangeMode.CopyOnWrite;
        var emptied = touched.Where(file => file.IsEmptied).ToList();
        var read = touched.Where(file => copies ? !file.IsDeleted : file.Updated > 0).ToList();
        var selects = new List<string>();
        if (read.Count > 0)
        {
            var relation = await target.RelationAsync([.. read.Select(file => file.File)], cancellationToken);
            int? only = read.Count == 1 ? read[0].Number : null;
            selects.Add(copies ? sql.Rewritten(relation, only) : sql.Updated(relation, only));
        }

        if (inserts)
        {
            selects.Add(sql.Inserts());
        }

        var added = selects.Count == 0 ? [] : await WriteAsync(string.Join("\nUNION ALL\n", selects), cancellationToken);
        if (copies)
        {
            return new SnapshotChange { AddedDataFiles = added, RemovedDataFiles = [.. touched.Select(file => file.File.File.FilePath)] };
        }

        var change = new SnapshotChange { AddedDataFiles = added, RemovedDataFiles = [.. emptied.Select(file => file.File.File.FilePath)] };
        TouchedFile[] kept = [.. touched.Where(file => !file.IsEmptied)];
        return kept.Length == 0 ? change
            : table.Metadata.FormatVersion >= 3 ? await AddVectorsAsync(change, sql, target, kept, cancellationToken)
            : change with { AddedDeleteFiles = await WritePositionDeletesAsync(sql, kept, cancellationToken) };
    }

    async Task<IReadOnlyList<DataFile>> WriteAsync(string select, CancellationToken cancellationToken)
    {
        var write = (options.Write ?? WriteOptions.Of(table.Metadata)) with { RowLineage = table.Metadata.FormatVersion >= 3 };
        return await ParquetTableWriter.WriteAsync(connection, select, transaction.WriteTarget(table), write, cancellationToken);
    }

    async Task<IReadOnlyList<DataFile>> WritePositionDeletesAsync(ChangeSql sql, IReadOnlyList<TouchedFile> touched, CancellationToken cancellationToken)
    {
        var byPartition = table.Metadata.Properties.TryGetValue("write.delete.granularity", out var granularity) && granularity.Equals("partition", StringComparison.OrdinalIgnoreCase);
        var numbers = touched.ToDictionary(file => file.File.File.FilePath, file => file.Number, StringComparer.Ordinal);
        var groups = (byPartition ? touched.GroupBy(file => PartitionKey.Of(file.File.File)).Select(group => group.ToArray()) : touched.Select(file => new[] { file }))
            .Select(files => new PositionDeleteGroup(files[0].File.Spec, files[0].File.File.Partition, [.. files.Select(file => file.File.File.FilePath)])).ToList();
        return await PositionDeleteWriter.WriteAsync(
            connection, group => sql.Positions(group.DataFiles.Select(file => numbers[file])), groups, name, transaction.WriteTarget(table).Placement, options.Write, cancellationToken);
    }

    /// <summary>A data file has one vector at most: a new one takes over what the old one, and position deletes of before format version 3, have deleted.</summary>
    async Task<SnapshotChange> AddVectorsAsync(SnapshotChange change, ChangeSql sql, TargetRows target, IReadOnlyList<TouchedFile> touched, CancellationToken cancellationToken)
    {
        var before = await target.DeletedPositionsAsync([.. touched.Select(file => file.File)], cancellationToken);
        var now = await DeletionVectors.ReadAsync(connection, sql.Positions(), cancellationToken);
        var vectors = new List<(DataFile File, Formats.Positions.PositionBitmap Positions)>();
        var replaced = new List<DataFile>();
        for (var i = 0; i < touched.Count; i++)
        {
            var positions = now[touched[i].Number];
            if (before[i] is { } old)
            {
                positions.UnionWith(old);
            }

            vectors.Add((touched[i].File.File, positions));

            // Position deletes that may be about other files too stay; the vector goes before them.
            replaced.AddRange(touched[i].File.Deletes.Select(delete => delete.File).Where(delete => delete.Content == FileContent.PositionDeletes && delete.ReferencedDataFile is not null));
        }

        var location = TableLocations.Join(TableLocations.DataFolder(table.Metadata), $"{Guid.CreateVersion7()}-deletes.puffin");
        transaction.Track(location);
        return change with { AddedDeleteFiles = await DeletionVectors.WriteAsync(transaction.Lake.Store, location, vectors, cancellationToken), RemovedDeleteFiles = replaced };
    }
}

/// <summary>A data file with rows that change.</summary>
/// <param name="Number">Its number among the files planned.</param>
/// <param name="File">The file.</param>
/// <param name="Updated">Rows that get new values.</param>
/// <param name="Deleted">Rows that go.</param>
sealed record TouchedFile(int Number, ScanFile File, long Updated, long Deleted)
{
    /// <summary>Whether all its rows go, and none stays or gets new values.</summary>
    public bool IsDeleted => Deleted == File.File.RecordCount;

    /// <summary>Whether none of its rows stays as it is.</summary>
    public bool IsEmptied => Deleted + Updated == File.File.RecordCount;
}
