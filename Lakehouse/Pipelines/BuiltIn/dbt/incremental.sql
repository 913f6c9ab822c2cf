{% materialization incremental, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set temp_relation = make_temp_relation(target_relation) -%}
    {%- set unique_key = config.get('unique_key') -%}
    {%- set full_refresh = should_full_refresh() or (existing_relation is not none and existing_relation.type != 'table') -%}
    {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change'), default='ignore') -%}
    {%- set state = namespace(build_sql='', drop_temp=false) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing_relation is none %}
        {% set state.build_sql = get_create_table_as_sql(False, target_relation, sql) %}
    {% elif full_refresh %}
        {% if existing_relation.type != 'table' %}
            {% do adapter.describe_query(sql) %}
            {% do drop_other_kind(existing_relation, 'table') %}
        {% endif %}
        {% set state.build_sql = get_create_table_as_sql(False, target_relation, sql) %}
    {% else %}
        {% do run_query(get_create_table_as_sql(True, temp_relation, sql)) %}
        {% set state.drop_temp = true %}
        {% if config.get('contract') and config.get('contract').enforced %}
            {% do get_assert_columns_equivalent(sql) %}
        {% endif %}
        {% do adapter.expand_target_column_types(from_relation=temp_relation, to_relation=target_relation) %}
        {% set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing_relation) %}
        {% if not dest_columns %}
            {% set dest_columns = adapter.get_columns_in_relation(existing_relation) %}
        {% endif %}
        {% set predicates = config.get('predicates', none) or config.get('incremental_predicates', none) %}
        {% set strategy_macro = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') %}
        {% set state.build_sql = strategy_macro({
            'target_relation': target_relation,
            'temp_relation': temp_relation,
            'unique_key': unique_key,
            'dest_columns': dest_columns,
            'incremental_predicates': predicates,
        }) %}
    {% endif %}
    {% call statement('main') %}
        {{ state.build_sql }}
    {% endcall %}
    {% if state.drop_temp %}
        {% call statement() %}
            drop table {{ temp_relation }}
        {% endcall %}
    {% endif %}
    {% do apply_grants(target_relation, config.get('grants')) %}
    {% do persist_docs(target_relation, model) %}
    {% if existing_relation is none or full_refresh %}
        {% do create_indexes(target_relation) %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% macro get_incremental_default_sql(arg_dict) %}
    {{ return(adapter.dispatch('get_incremental_default_sql', 'dbt')(arg_dict)) }}
{% endmacro %}

{% macro default__get_incremental_default_sql(arg_dict) %}
    {% if arg_dict['unique_key'] %}
        {{ return(get_incremental_delete_insert_sql(arg_dict)) }}
    {% endif %}
    {{ return(get_incremental_append_sql(arg_dict)) }}
{% endmacro %}

{% macro get_incremental_append_sql(arg_dict) %}
    {{ return(adapter.dispatch('get_incremental_append_sql', 'dbt')(arg_dict)) }}
{% endmacro %}

{% macro default__get_incremental_append_sql(arg_dict) %}
    {{ return(get_insert_into_sql(arg_dict["target_relation"], arg_dict["temp_relation"], arg_dict["dest_columns"])) }}
{% endmacro %}

{% macro get_insert_into_sql(target_relation, temp_relation, dest_columns) %}
    {%- set names = get_quoted_csv(dest_columns | map(attribute="name")) -%}
    insert into {{ target_relation }} ({{ names }})
    (
        select {{ names }}
        from {{ temp_relation }}
    )
{% endmacro %}

{% macro get_incremental_delete_insert_sql(arg_dict) %}
    {{ return(adapter.dispatch('get_incremental_delete_insert_sql', 'dbt')(arg_dict)) }}
{% endmacro %}

{% macro default__get_incremental_delete_insert_sql(arg_dict) %}
    {{ return(get_delete_insert_merge_sql(arg_dict["target_relation"], arg_dict["temp_relation"], arg_dict["unique_key"], arg_dict["dest_columns"], arg_dict["incremental_predicates"])) }}
{% endmacro %}

{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {{ adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{%- endmacro %}

{% macro default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute="name")) -%}
    {%- set predicates = [incremental_predicates] if incremental_predicates is string else (incremental_predicates or []) -%}
    {% if unique_key %}
    delete from {{ target }} as DBT_INCREMENTAL_TARGET
        {% if unique_key is sequence and unique_key is not string %}
    using {{ source }} as DBT_INCREMENTAL_SOURCE
    where (
            {% for key in unique_key %}
        DBT_INCREMENTAL_SOURCE.{{ key }} = DBT_INCREMENTAL_TARGET.{{ key }}{{ " and " if not loop.last }}
            {% endfor %}
    )
        {% else %}
    where (
        {{ unique_key }}) in (
        select ({{ unique_key }})
        from {{ source }}
    )
        {% endif %}
        {% for predicate in predicates %}
        and {{ predicate }}
        {% endfor %};
    {% endif %}

    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
{%- endmacro %}

{% macro get_incremental_merge_sql(arg_dict) %}
    {{ return(adapter.dispatch('get_incremental_merge_sql', 'dbt')(arg_dict)) }}
{% endmacro %}

{% macro default__get_incremental_merge_sql(arg_dict) %}
    {{ return(get_merge_sql(arg_dict["target_relation"], arg_dict["temp_relation"], arg_dict["unique_key"], arg_dict["dest_columns"], arg_dict["incremental_predicates"])) }}
{% endmacro %}

{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
    {{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(merge_update_columns, merge_exclude_columns, dest_columns)) }}
{% endmacro %}

{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
    {% if merge_update_columns and merge_exclude_columns %}
        {{ exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. Please update model to use only one config') }}
    {% endif %}
    {% if merge_update_columns %}
        {{ return([merge_update_columns] if merge_update_columns is string else merge_update_columns) }}
    {% endif %}
    {% set excluded = [merge_exclude_columns] if merge_exclude_columns is string else (merge_exclude_columns or []) %}
    {% set excluded = excluded | map("lower") | list %}
    {% set names = [] %}
    {% for column in dest_columns if (column.column | lower) not in excluded %}
        {% do names.append(column.quoted) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {{ adapter.dispatch('get_merge_sql', 'dbt')(target, source, unique_key, dest_columns, incremental_predicates) }}
{%- endmacro %}

{# Columns are those of the new rows: one that the table lacks is an error, one that they lack keeps its value or becomes null. #}
{% macro default__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) -%}
    {%- set predicates = [incremental_predicates] if incremental_predicates is string else ([] + (incremental_predicates or [])) -%}
    {%- set source_columns = adapter.get_columns_in_relation(source) or dest_columns -%}
    {%- set update_columns = get_merge_update_columns(config.get('merge_update_columns'), config.get('merge_exclude_columns'), source_columns) -%}
    {%- set update_condition = config.get('merge_update_condition') -%}
    {%- set insert_condition = config.get('merge_insert_condition') -%}
    {%- set expressions = config.get('merge_update_set_expressions', {}) or {} -%}
    {%- set keys = [] -%}
    {%- if unique_key -%}
        {%- for key in ([unique_key] if unique_key is string else unique_key) -%}
            {%- do keys.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
        {%- endfor -%}
    {%- else -%}
        {%- do keys.append('FALSE') -%}
    {%- endif -%}
    {{ config.get('sql_header') or '' }}
    merge into {{ target }} as DBT_INTERNAL_DEST
        using {{ source }} as DBT_INTERNAL_SOURCE
        on ({{ ') and ('.join(keys + predicates) }})
    {% if unique_key %}
    when matched{% if update_condition %} and ({{ update_condition }}){% endif %} then update set
        {% for column in update_columns -%}
        {{ column }} = DBT_INTERNAL_SOURCE.{{ column }}{{ ", " if not loop.last or expressions }}
        {%- endfor %}
        {% for column, expression in expressions.items() -%}
        {{ column }} = {{ expression }}{{ ", " if not loop.last }}
        {%- endfor %}
    {% endif %}
    when not matched{% if insert_condition %} and ({{ insert_condition }}){% endif %} then insert
        ({{ source_columns | map(attribute='quoted') | join(', ') }})
    values
        ({% for column in source_columns %}DBT_INTERNAL_SOURCE.{{ column.quoted }}{{ ", " if not loop.last }}{% endfor %})
{%- endmacro %}

{% macro get_incremental_insert_overwrite_sql(arg_dict) %}
    {{ return(adapter.dispatch('get_incremental_insert_overwrite_sql', 'dbt')(arg_dict)) }}
{% endmacro %}

{% macro default__get_incremental_insert_overwrite_sql(arg_dict) %}
    {{ return(get_insert_overwrite_merge_sql(arg_dict["target_relation"], arg_dict["temp_relation"], arg_dict["dest_columns"], arg_dict["incremental_predicates"])) }}
{% endmacro %}

{% macro get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header=false) -%}
    {{ adapter.dispatch('get_insert_overwrite_merge_sql', 'dbt')(target, source, dest_columns, predicates, include_sql_header) }}
{%- endmacro %}

{# The partitions that the new rows are in are replaced; without partitions the whole table is. #}
{% macro default__get_insert_overwrite_merge_sql(target, source, dest_columns, predicates, include_sql_header) -%}
    {%- set names = get_quoted_csv(dest_columns | map(attribute="name")) -%}
    {%- set given = config.get('partition_by') or config.get('partitioned_by') -%}
    {%- set partitions = [given] if given is string else ([given.field] if given is mapping else (given or [])) -%}
    {%- set conditions = [predicates] if predicates is string else ([] + (predicates or [])) -%}
    {%- if partitions -%}
        {%- set matches = [] -%}
        {%- for partition in partitions -%}
            {%- do matches.append('DBT_INTERNAL_SOURCE.dbt_partition_' ~ loop.index ~ ' is not distinct from (' ~ partition ~ ')') -%}
        {%- endfor -%}
        {%- set replaced -%}
        exists (
            select 1 from (
                select distinct {% for partition in partitions %}{{ partition }} as dbt_partition_{{ loop.index }}{{ ", " if not loop.last }}{% endfor %}
                from {{ source }}
            ) as DBT_INTERNAL_SOURCE
            where {{ matches | join(' and ') }}
        )
        {%- endset -%}
        {%- do conditions.append(replaced) -%}
    {%- endif -%}
    delete from {{ target }}{% if conditions %} where {{ conditions | join(' and ') }}{% endif %};

    insert into {{ target }} ({{ names }})
    (
        select {{ names }}
        from {{ source }}
    )
{%- endmacro %}

{% macro get_incremental_microbatch_sql(arg_dict) %}
    {{ return(adapter.dispatch('get_incremental_microbatch_sql', 'dbt')(arg_dict)) }}
{% endmacro %}

{# The rows of the batch's time are replaced. #}
{% macro default__get_incremental_microbatch_sql(arg_dict) -%}
    {%- set names = get_quoted_csv(arg_dict["dest_columns"] | map(attribute="name")) -%}
    {%- set given = arg_dict["incremental_predicates"] -%}
    {%- set conditions = [given] if given is string else ([] + (given or [])) -%}
    {%- set event_time = model.config.event_time -%}
    {%- if model.batch and model.batch.event_time_start -%}
        {%- do conditions.append(event_time ~ " >= TIMESTAMP '" ~ batch_bound(model.batch.event_time_start) ~ "'") -%}
    {%- endif -%}
    {%- if model.batch and model.batch.event_time_end -%}
        {%- do conditions.append(event_time ~ " < TIMESTAMP '" ~ batch_bound(model.batch.event_time_end) ~ "'") -%}
    {%- endif -%}
    delete from {{ arg_dict["target_relation"] }} as DBT_INTERNAL_TARGET
    where {% for condition in conditions %}({{ condition }}){{ " and " if not loop.last }}{% else %}true{% endfor %};

    insert into {{ arg_dict["target_relation"] }} ({{ names }})
    (
        select {{ names }}
        from {{ arg_dict["temp_relation"] }}
    )
{%- endmacro %}

{% macro batch_bound(moment) %}
    {{ return(moment if moment is string else moment.strftime('%Y-%m-%d %H:%M:%S')) }}
{% endmacro %}
