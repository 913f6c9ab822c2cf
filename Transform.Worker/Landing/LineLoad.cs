using Lakehouse.Engine;
using Lakehouse.Engine.TableFunctions;
using Lakehouse.Formats.Iceberg;
using Lakehouse.Rules.Contracts;
using Lakehouse.Rules.Quarantine;
using Lakehouse.Sources.Declarations;
using Lakehouse.Sources.Landing;
using Lakehouse.Sources.Lines;

namespace LakeAspire.Transform.Landing;

/// <summary>
/// Loads NDJSON files. One pass over the lines writes those that are plainly good, and sets aside those that are no events and those that the contract's SQL has to decide; what is set
/// aside is judged afterwards, and is little as a rule.
/// </summary>
internal sealed class LineLoad(StreamDeclaration declaration, DuckDbConnection connection, string scratch, Func<LandingManifest, string> pathOf)
{
    readonly StreamContract contract = declaration.Contract;

    public async Task RunAsync(IReadOnlyList<LandingManifest> files, WriteRows write, CancellationToken cancellationToken)
    {
        using var undecided = new LineSpill(scratch, IcebergType.String);
        using var faulty = new LineSpill(scratch, IcebergType.Binary);
        var plan = FastPlan.TryCreate(contract);
        var lines = new LineTable([.. files.Select((f, i) => new LineFile(i, pathOf(f)))], plan, undecided, faulty, Environment.ProcessorCount);
        TableFunction.Register(connection, "landing_lines", lines);
        TableFunction.Register(connection, "landing_undecided", undecided);
        TableFunction.Register(connection, "landing_faulty", faulty);
        await connection.ExecuteAsync($"CREATE TEMP TABLE landing_files AS {FilesWithValues(files)}", cancellationToken: cancellationToken);
        if (plan is not null)
        {
            await write(isQuarantine: false, GoodLines(plan), cancellationToken);
        }
        else
        {
            await connection.ExecuteAsync("SELECT count(*) FROM landing_lines()", cancellationToken: cancellationToken);
        }

        await JudgeAsync(undecided, write, cancellationToken);
        if (faulty.Count > 0)
        {
            await write(isQuarantine: true, FaultyLines(), cancellationToken);
        }
    }

    /// <summary>The files, with the values of the columns that follow from a file alone.</summary>
    string FilesWithValues(IReadOnlyList<LandingManifest> files)
    {
        var values = contract.Columns.Where(c => ContractSql.FileValue(c) is not null).Select(c => $", {ContractSql.FileValue(c)} AS {SqlText.Identifier(c.Name)}");
        return $"SELECT *{string.Concat(values)} FROM ({FileList.Select(files)})";
    }

    string GoodLines(FastPlan plan)
    {
        var columns = contract.Columns.Select(c =>
            plan.Names.TryGetValue(c.Name, out var name) ? $"l.{SqlText.Identifier(name)} AS {SqlText.Identifier(c.Name)}" : $"f.{SqlText.Identifier(c.Name)}");
        return $"SELECT {string.Join(", ", columns)} FROM landing_lines() AS l JOIN landing_files AS f ON l.{LineTable.FileColumn} = f.file";
    }

    async Task JudgeAsync(LineSpill undecided, WriteRows write, CancellationToken cancellationToken)
    {
        if (undecided.Count == 0)
        {
            return;
        }

        var events = new JsonEvents($"""
            SELECT u.raw AS {EventRelation.Raw}, u.position AS {EventRelation.Position}, f.{EventRelation.Source}, f.{EventRelation.Scope}, f.{EventRelation.IngestedAt}
            FROM landing_undecided() AS u JOIN landing_files AS f ON u.{LineTable.FileColumn} = f.file
            """);
        await connection.ExecuteAsync($"CREATE TEMP TABLE landing_judged AS {ContractSql.Judge(contract, events)}", cancellationToken: cancellationToken);
        var broken = await connection.ScalarAsync<long>($"SELECT count({ContractSql.Rule}) FROM landing_judged", cancellationToken: cancellationToken);
        if (broken < undecided.Count)
        {
            await write(isQuarantine: false, ContractSql.Kept(contract, "landing_judged"), cancellationToken);
        }

        if (broken > 0)
        {
            await write(isQuarantine: true, ContractSql.Quarantined(contract, "landing_judged"), cancellationToken);
        }
    }

    string FaultyLines() => QuarantineTable.Select(
        new QuarantineRow
        {
            Scope = $"f.{EventRelation.Scope}",
            Rule = "b.rule",
            Reason = "b.reason",
            Raw = "b.raw",
            Source = $"f.{EventRelation.Source}",
            Position = "b.position",
            SchemaVersion = contract.Version,
            IngestedAt = $"f.{EventRelation.IngestedAt}",
        },
        $"landing_faulty() AS b JOIN landing_files AS f ON b.{LineTable.FileColumn} = f.file");
}
