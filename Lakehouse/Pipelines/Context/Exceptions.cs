using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Context;

/// <summary>dbt's <c>exceptions</c>.</summary>
internal static class Exceptions
{
    public static AttributeBag Of(NodeContext context)
    {
        var bodies = new Dictionary<string, Func<JinjaCall, string>>(StringComparer.Ordinal)
        {
            ["raise_compiler_error"] = call => Message(call),
            ["raise_database_error"] = call => Message(call),
            ["raise_dependency_error"] = call => Message(call),
            ["raise_fail_fast_error"] = call => Message(call),
            ["raise_dataclass_not_dict"] = call => $"The object ({Message(call)}) was used as a dictionary. This capability has been removed from objects of this type.",
            ["raise_not_implemented"] = call => $"ERROR: {Message(call)}",
            ["missing_config"] = call => $"Model '{Id(call)}' does not define a required config parameter '{Text.Of(call.Get(1, "name"))}'.",
            ["missing_materialization"] = call => $"No materialization '{Text.Of(call.Get(0, "model") is JinjaDict node && node.TryGet("config", out var config) && config is JinjaDict own && own.TryGet("materialized", out var kind) ? kind : "")}' was found for adapter duckdb! (searched types 'default' and 'duckdb')",
            ["missing_relation"] = call => $"Relation {Text.Of(call.Get(0, "relation"))} not found!",
            ["relation_wrong_type"] = call =>
                $"Trying to create {Text.Of(call.Get(1, "expected_type"))} {Text.Of(call.Get(0, "relation"))}, but it currently exists as a {(call.Get(0, "relation") as Relation)?.Type}. Either drop {Text.Of(call.Get(0, "relation"))} manually, or run dbt with `--full-refresh` and dbt will drop it for you.",
            ["column_type_missing"] = call => $"Contracted models require data_type to be defined for each column.  Please ensure that the column name and data_type are defined within the YAML configuration for the {Text.Of(call.Get(0, "column_names"))} column(s).",
            ["raise_contract_error"] = ContractDifference.Describe,
            ["raise_invalid_property_yml_version"] = call => Message(call),
            ["raise_ambiguous_alias"] = call => $"dbt found two resources with the database representation \"{Text.Of(call.Get(2, "duped_name"))}\".",
            ["raise_duplicate_resource_name"] = call => Message(call),
            ["raise_cache_inconsistent"] = call => Message(call),
            ["raise_parsing_error"] = call => Message(call),
        };
        var members = bodies.ToDictionary(b => b.Key, b => (object?)new JinjaFunction(b.Key, call => throw new JinjaException(JinjaErrorKind.Raised, b.Value(call))), StringComparer.Ordinal);
        members["warn"] = new JinjaFunction("warn", call => Warn(context, Message(call)));
        members["warn_snapshot_timestamp_data_types"] = new JinjaFunction("warn_snapshot_timestamp_data_types", call => Warn(
            context, $"Data type of snapshot table timestamp columns ({Text.Of(call.Get(0, "snapshot_time_data_type"))}) doesn't match derived column 'updated_at' ({Text.Of(call.Get(1, "updated_at_data_type"))}). Please update snapshot config 'updated_at'."));
        return new AttributeBag("exceptions", members);
    }

    static string Message(JinjaCall call) => Text.Of(call.Get(0, "msg"));

    static string Id(JinjaCall call) => call.Get(0, "unique_id") is JinjaDict node && node.TryGet("unique_id", out var id) ? Text.Of(id) : Text.Of(call.Get(0, "unique_id"));

    static object? Warn(NodeContext context, string text)
    {
        context.Invocation.Messages?.Invoke(new TemplateMessage(TemplateMessageKind.Warning, text, context.Node.UniqueId));
        return "";
    }
}
