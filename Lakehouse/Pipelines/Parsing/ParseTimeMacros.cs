using Lakehouse.Pipelines.BuiltIn;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>
/// The macros that the engine brings along, for templates that are parsed. Those of dbt that the engine does not have are known here too and give an empty text: a project that mentions one parses, and fails where it is run.
/// </summary>
internal static class ParseTimeMacros
{
    /// <summary>Names of dbt's macros.</summary>
    static readonly string[] Names = [.. """
        statement noop_statement run_hooks make_hook_config before_begin in_transaction after_commit convert_datetime dates_in_range partition_range py_current_timestring
        test_unique test_not_null test_accepted_values test_relationships
        dateadd datediff date_trunc date last_day date_spine get_intervals_between get_powers_of_two generate_series get_next_snapshot
        array_append array_concat array_construct any_value bool_or cast cast_bool_to_text concat equals except hash intersect length listagg position replace right safe_cast split_part
        escape_single_quotes_text literal string_agg get_test_sql get_unit_test_sql get_fixture_sql get_expected_sql format_row
        current_timestamp current_timestamp_in_utc current_timestamp_backcompat current_timestamp_in_utc_backcompat snapshot_get_time get_snapshot_get_time_data_type snapshot_timestamp
        create_schema drop_schema create_table_as create_view_as get_create_table_as_sql get_create_view_as_sql get_create_index_sql create_indexes get_drop_index_sql
        get_create_sql get_create_intermediate_sql get_create_backup_sql get_rename_sql get_rename_intermediate_sql get_drop_sql get_drop_backup_sql get_replace_sql get_replace_table_sql get_replace_view_sql
        drop_relation drop_relation_if_exists drop_table drop_view drop_materialized_view rename_relation truncate_relation load_cached_relation load_relation get_or_create_relation make_temp_relation
        make_intermediate_relation make_backup_relation list_relations_without_caching get_relations get_relation_last_modified list_schemas check_schema_exists information_schema_name
        get_catalog get_catalog_relations get_empty_subquery_sql get_empty_schema_sql get_select_subquery get_column_schema_from_query get_table_columns_and_constraints get_columns_spec_ddl
        get_assert_columns_equivalent assert_columns_equivalent format_column alter_column_type alter_relation_add_remove_columns alter_column_comment alter_relation_comment persist_docs
        get_show_grant_sql get_grant_sql get_revoke_sql get_dcl_statement_list call_dcl_statements apply_grants copy_grants support_multiple_grantees_per_dcl_statement should_revoke
        get_merge_sql get_delete_insert_merge_sql get_insert_overwrite_merge_sql get_insert_into_sql get_incremental_append_sql get_incremental_delete_insert_sql get_incremental_merge_sql
        get_incremental_insert_overwrite_sql get_incremental_default_sql get_incremental_microbatch_sql incremental_validate_on_schema_change check_for_schema_changes sync_column_schemas process_schema_changes
        diff_columns diff_column_data_types get_quoted_csv get_merge_update_columns create_csv_table reset_csv_table load_csv_rows get_binding_char get_batch_size get_csv_sql get_seed_column_quoted_csv
        snapshot_merge_sql snapshot_timestamp_strategy snapshot_check_strategy snapshot_check_all_get_existing_columns strategy_dispatch snapshot_hash_arguments snapshot_string_as_time snapshot_staging_table
        build_snapshot_table build_snapshot_staging_table create_columns post_snapshot unique_key_fields unique_key_join_on get_dbt_valid_to_current collect_freshness collect_freshness_custom_sql
        get_limit_subquery_sql get_limit_sql get_show_sql select_limit validate_sql set_sql_header get_true_sql get_column_names load_agate_table resolve_model_name build_ref_function build_source_function
        build_config_dict py_script_postfix py_script_comment is_incremental_python get_adapter_macro default_last_day get_materialized_view_configuration_changes dbt_macro_depends_on create_or_replace_view
        handle_existing_table should_build get_pg_version optional_alias
        """.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)];

    /// <summary>Adds them to a catalog.</summary>
    public static void AddTo(MacroCatalog catalog) => catalog.AddShared(Shared.Value);

    static readonly Lazy<MacroCatalog> Shared = new(() =>
    {
        var catalog = new MacroCatalog("dbt", new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal));
        foreach (var (package, path, text) in BuiltInMacros.Files)
        {
            catalog.AddFile(package, path, text);
        }

        var others = Names.Where(n => catalog.FindInternal(n) is null).Distinct(StringComparer.Ordinal)
            .Select(n => $"{{% macro {n}() %}}{{% if false %}}{{{{ varargs }}}}{{{{ kwargs }}}}{{{{ caller }}}}{{% endif %}}{{% endmacro %}}\n");
        catalog.AddFile("dbt", "macros/parse.sql", string.Concat(others));
        return catalog;
    });
}
