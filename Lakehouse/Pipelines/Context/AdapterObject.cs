using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>What templates see as <c>adapter</c>. Without an adapter, and while a project is parsed, it answers as dbt does then: nothing exists.</summary>
internal sealed class AdapterObject(NodeContext context) : JinjaObject
{
    public override string TypeName => "DatabaseWrapper";

    IAdapter? Live => context.Node.Execute ? context.Invocation.Adapter : null;

    CancellationToken Cancellation => context.Node.CancellationToken;

    RelationCache Cache => context.Invocation.Relations;

    public override bool TryGetAttribute(string name, out object? value)
    {
        Func<JinjaCall, object?>? method = name switch
        {
            "dispatch" => call => context.Bind(context.Invocation.Macros.Dispatch(context.Node.Package, call.RequireText(0, "macro_name"), call.Get(1, "macro_namespace") as string)),
            "type" => _ => "duckdb",
            "quote" => call => $"\"{Text.Of(call.Require(0, "identifier"))}\"",
            "quote_as_configured" => call => $"\"{Text.Of(call.Require(0, "identifier"))}\"",
            "quote_seed_column" => call => call.Get(1, "quote_config") is false ? Text.Of(call.Require(0, "column")) : $"\"{Text.Of(call.Require(0, "column"))}\"",
            "execute" => Execute,
            "add_query" => Execute,
            "get_relation" => call => Find(call.Get(0, "database") as string, call.Get(1, "schema") as string, call.Get(2, "identifier") as string),
            "load_relation" or "get_cached_relation" => call => call.Require(0, "relation") is Relation relation ? Find(relation) : null,
            "already_exists" => call => Find(null, call.Get(0, "schema") as string, call.Get(1, "name") as string) is not null,
            "check_schema_exists" => call => Live is { } live && Wait(live.ListSchemasAsync(Text.Of(call.Require(0, "database")), Cancellation)).Contains(Text.Of(call.Require(1, "schema")), StringComparer.OrdinalIgnoreCase),
            "list_schemas" => call => new JinjaList(Live is { } live ? Wait(live.ListSchemasAsync(Text.Of(call.Require(0, "database")), Cancellation)).Select(s => (object?)s) : []),
            "list_relations" or "list_relations_without_caching" => List,
            "get_columns_in_relation" => call => new JinjaList(ColumnsOf(call).Select(c => (object?)c)),
            "get_missing_columns" => Missing,
            "get_column_schema_from_query" => call => new JinjaList(Live is { } live ? Wait(live.DescribeQueryAsync(call.RequireText(0, "sql"), Cancellation)).Select(c => (object?)Column.Of(c)) : []),
            "describe_query" => call => new JinjaList(Live is { } live ? Wait(live.DescribeQueryAsync(call.RequireText(0, "sql"), Cancellation)).Select(c => (object?)Column.Of(c)) : []),
            "expand_target_column_types" or "expand_column_types" => _ => null,
            "create_schema" => call => Act(call, (live, relation) => live.CreateSchemaAsync(relation.Database ?? "", relation.Schema ?? "", Cancellation)),
            "drop_schema" => call => Act(call, (live, relation) => live.DropSchemaAsync(relation.Database ?? "", relation.Schema ?? "", Cancellation)),
            "drop_relation" => Drop,
            "truncate_relation" => call => Act(call, (live, relation) => live.TruncateRelationAsync(relation.Name, Cancellation)),
            "rename_relation" => Rename,
            "cache_added" => call => Remember(call.Require(0, "relation")),
            "cache_dropped" => call => Forget(call.Require(0, "relation")),
            "cache_renamed" => _ => null,
            "valid_snapshot_target" => ValidSnapshotTarget,
            "assert_valid_snapshot_target_given_strategy" => ValidSnapshotTarget,
            "get_incremental_strategy_macro" => StrategyMacro,
            "valid_incremental_strategies" => _ => new JinjaList(["append", "delete+insert", "merge", "insert_overwrite", "microbatch"]),
            "builtin_incremental_strategies" => _ => new JinjaList(["append", "delete+insert", "merge", "insert_overwrite", "microbatch"]),
            "convert_type" => ConvertType,
            "standardize_grants_dict" => _ => new JinjaDict(),
            "render_raw_columns_constraints" => call => Constraints.Columns(call.Require(0, "raw_columns")),
            "render_raw_model_constraints" => call => Constraints.Model(call.Require(0, "raw_constraints")),
            "supports" or "capabilities" => _ => false,
            "external_root" => _ => ".",
            "is_motherduck" or "is_ducklake" or "disable_transactions" or "use_database" => _ => false,
            "get_temp_relation_path" => call => call.Require(0, "model"),
            "post_temp_table_commit" or "commit" or "clear_transaction" or "store_relation" or "warn_once" or "verify_database" or "add_begin_query" => _ => "",
            "seed_rows" => SeedRows,
            "run_sql_for_tests" => Execute,
            "validate_sql" => Execute,
            "submit_python_job" => _ => throw new JinjaException(JinjaErrorKind.Raised, "Python models are not supported"),
            "get_relations_by_pattern" => null,
            _ => null,
        };
        value = method is null ? null : new JinjaFunction(name, method);
        if (name == "config")
        {
            value = new AttributeBag("config", new Dictionary<string, object?>(StringComparer.Ordinal) { ["project_name"] = context.Invocation.RootPackage, ["credentials"] = context.Invocation.Target });
        }
        else if (name is "Relation" or "Column")
        {
            value = name == "Relation" ? Relation.Class : Column.Class;
        }

        return value is not null;
    }

    /// <summary>Templates are walked through on a thread of their own, and wait there for what they ask the adapter.</summary>
    static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();

    static void Wait(Task task) => task.GetAwaiter().GetResult();

    IAdapter Needed => Live ?? throw new JinjaException(JinjaErrorKind.Raised, "SQL cannot be run here: there is no connection to the lake");

    object? Execute(JinjaCall call)
    {
        if (!context.Node.Execute)
        {
            return new JinjaTuple([new ResponseObject(new AdapterResponse("")), AgateTable.Empty]);
        }

        var sql = Text.Of(call.Require(0, "sql"));
        var fetch = Truth.Of(call.Get(2, "fetch", false));
        var response = Wait(Needed.ExecuteAsync(sql, fetch, call.Get(3, "limit") as long?, Cancellation));
        return new JinjaTuple([new ResponseObject(response), response.Table is { } table ? AgateTable.Of(table) : AgateTable.Empty]);
    }

    Relation? Find(string? database, string? schema, string? identifier)
    {
        if (Live is not { } live || schema is null || identifier is null)
        {
            return null;
        }

        database ??= Text.Of(context["database"]);
        var relations = Wait(Cache.ListAsync(live, database, schema, Cancellation));
        return relations.TryGetValue(identifier, out var found) ? Relation.Of(found) : null;
    }

    /// <summary>What exists under a relation's name.</summary>
    public Relation? Find(Relation relation) => Find(relation.Database, relation.Schema, relation.Identifier);

    object? List(JinjaCall call)
    {
        if (Live is not { } live)
        {
            return new JinjaList([]);
        }

        var (database, schema) = call.Positional is [Relation relation, ..] ? (relation.Database, relation.Schema) : (call.Get(0, "database") as string, call.Get(1, "schema") as string);
        return new JinjaList(Wait(Cache.ListAsync(live, database ?? Text.Of(context["database"]), schema ?? "", Cancellation)).Values.Select(r => (object?)Relation.Of(r)));
    }

    IReadOnlyList<Column> ColumnsOf(JinjaCall call, int position = 0, string name = "relation") =>
        Live is { } live && call.Require(position, name) is Relation relation ? [.. Wait(live.GetColumnsAsync(Full(relation), Cancellation)).Select(Column.Of)] : [];

    // Temporary tables have no schema in their names: they are found by name alone.
    static RelationName Full(Relation relation) => relation.Name;

    object? Missing(JinjaCall call)
    {
        var there = ColumnsOf(call, 1, "to_relation").Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return new JinjaList(ColumnsOf(call, 0, "from_relation").Where(c => !there.Contains(c.Name)).Select(c => (object?)c));
    }

    static Relation RelationOf(JinjaCall call, int position = 0, string name = "relation") => call.Require(position, name) as Relation
        ?? throw JinjaException.Type($"{call.Name}() needs a relation");

    object? Act(JinjaCall call, Func<IAdapter, Relation, Task> act)
    {
        if (Live is not null || context.Node.Execute)
        {
            var relation = RelationOf(call);
            Wait(act(Needed, relation));
            Cache.Forget(relation.Database ?? "", relation.Schema ?? "");
        }

        return "";
    }

    object? Drop(JinjaCall call)
    {
        if (context.Node.Execute)
        {
            var relation = RelationOf(call);
            var kind = relation.Type is null && Find(relation) is { } found ? found.Kind : relation.Kind;
            Wait(Needed.DropRelationAsync(new AdapterRelation(Full(relation), kind), Cancellation));
            Cache.Dropped(relation.Name);
        }

        return "";
    }

    object? Rename(JinjaCall call)
    {
        if (context.Node.Execute)
        {
            var (from, to) = (RelationOf(call, 0, "from_relation"), RelationOf(call, 1, "to_relation"));
            Wait(Needed.RenameRelationAsync(new AdapterRelation(from.Name, from.Kind), to.Name, Cancellation));
            Cache.Dropped(from.Name);
            Cache.Added(new AdapterRelation(to.Name, from.Kind));
        }

        return "";
    }

    object? Remember(object? value)
    {
        if (value is Relation { Schema: not null, Identifier: not null } relation)
        {
            Cache.Added(new AdapterRelation(relation.Name, relation.Kind));
        }

        return "";
    }

    object? Forget(object? value)
    {
        if (value is Relation relation)
        {
            Cache.Dropped(relation.Name);
        }

        return "";
    }

    object? ValidSnapshotTarget(JinjaCall call)
    {
        if (Live is null)
        {
            return null;
        }

        var names = call.Get(1, "column_names") as JinjaDict;
        var wanted = new List<string> { "dbt_scd_id", "dbt_valid_from", "dbt_valid_to" }
            .Select(w => names is not null && names.TryGet(w, out var own) && own is not null ? Text.Of(own) : w).ToList();
        if (call.TryGet(2, "strategy", out var strategy) && strategy is JinjaDict given && given.TryGet("hard_deletes", out var hard) && hard is "new_record")
        {
            wanted.Add(names is not null && names.TryGet("dbt_is_deleted", out var deleted) && deleted is not null ? Text.Of(deleted) : "dbt_is_deleted");
        }

        var there = ColumnsOf(call).Select(c => c.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = wanted.Where(w => !there.Contains(w)).ToArray();
        return missing.Length == 0 ? "" : throw new JinjaException(
            JinjaErrorKind.Raised,
            missing.Length < wanted.Count
                ? $"Snapshot target is missing configured columns (missing {string.Join(", ", missing.Select(m => $"\"{m}\""))}). See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields for more information."
                : $"Snapshot target is not a snapshot table (missing {string.Join(", ", missing.Select(m => $"\"{m}\""))})");
    }

    object? StrategyMacro(JinjaCall call)
    {
        var strategy = call.Get(1, "strategy") is { } given and not Undefined ? Text.Of(given) : "default";
        var name = $"get_incremental_{strategy.Replace('+', '_')}_sql";
        var macro = context.Invocation.Macros.Find(context.Node.Package, name)
            ?? throw new JinjaException(JinjaErrorKind.Raised, $"dbt could not find an incremental strategy macro with the name \"{name}\" in {context.Invocation.RootPackage}");
        return context.Bind(macro);
    }

    static object? ConvertType(JinjaCall call) => call.Require(0, "agate_table") is AgateTable table && call.Require(1, "col_idx") is long at
        ? table.TypeAt((int)at) switch
        {
            "Boolean" => "boolean",
            "Integer" => "integer",
            "Number" => "double precision",
            "Date" => "date",
            "DateTime" => "timestamp without time zone",
            _ => "text",
        }
        : throw JinjaException.Type("convert_type() needs a table and the place of a column");

    object? SeedRows(JinjaCall call)
    {
        var relation = RelationOf(call);
        if (context.Node.Execute && call.Require(1, "agate_table") is AgateTable table)
        {
            Wait(Needed.InsertRowsAsync(relation.Name, table.Columns, table.Rows.Select(r => (IReadOnlyList<object?>)[.. r.Select(AdapterValues.FromTemplate)]).ToArray(), Cancellation));
        }

        return "";
    }

    public override string ToString() => "<DatabaseWrapper>";
}

/// <summary>What a statement did, as templates see it.</summary>
internal sealed class ResponseObject(AdapterResponse response) : JinjaObject
{
    public override string TypeName => "AdapterResponse";

    public AdapterResponse Response => response;

    public override bool TryGetAttribute(string name, out object? value)
    {
        (var known, value) = name switch
        {
            "_message" or "message" => (true, (object?)response.Message),
            "code" => (true, response.Message.Split(' ')[0]),
            "rows_affected" => (true, response.RowsAffected),
            "query_id" => (true, null),
            _ => (false, null),
        };
        return known;
    }

    public override string ToString() => response.Message;
}
