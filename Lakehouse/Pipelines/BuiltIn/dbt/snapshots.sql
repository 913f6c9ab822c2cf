{% macro get_snapshot_table_column_names() %}
    {{ return({
        'dbt_valid_to': 'dbt_valid_to',
        'dbt_valid_from': 'dbt_valid_from',
        'dbt_scd_id': 'dbt_scd_id',
        'dbt_updated_at': 'dbt_updated_at',
        'dbt_is_deleted': 'dbt_is_deleted',
    }) }}
{% endmacro %}

{% macro snapshot_columns() %}
    {% set names = get_snapshot_table_column_names() %}
    {% for key, name in (config.get('snapshot_meta_column_names') or {}).items() if name %}
        {% do names.update({key: name}) %}
    {% endfor %}
    {{ return(names) }}
{% endmacro %}

{% macro get_dbt_valid_to_current(strategy, columns) %}
    {%- set open_end = config.get('dbt_valid_to_current') or "null" %}
  coalesce(nullif({{ strategy.updated_at }}, {{ strategy.updated_at }}), {{ open_end }})
  as {{ columns.dbt_valid_to }}
{% endmacro %}

{% macro snapshot_hash_arguments(args) -%}
    {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}
{%- endmacro %}

{% macro default__snapshot_hash_arguments(args) -%}
    md5({%- for arg in args -%}
        coalesce(cast({{ arg }} as varchar ), '')
        {% if not loop.last %} || '|' || {% endif %}
    {%- endfor -%})
{%- endmacro %}

{% macro strategy_dispatch(name) -%}
    {%- set parts = name.split('.') -%}
    {%- set found = (context.get(parts[0]) or {}).get('snapshot_' ~ parts[1] ~ '_strategy') if parts | length == 2 else context.get('snapshot_' ~ name ~ '_strategy') -%}
    {%- if not found -%}
        {% do exceptions.raise_compiler_error("Could not find strategy macro '" ~ name ~ "'") %}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{% macro snapshot_hard_deletes(config) %}
    {% set old = config.get('invalidate_hard_deletes') %}
    {% set given = config.get('hard_deletes') %}
    {% if old is not none and given is not none %}
        {% do exceptions.raise_compiler_error("You cannot set both the invalidate_hard_deletes and hard_deletes config properties on the same snapshot.") %}
    {% endif %}
    {% if given is not none and given not in ['ignore', 'invalidate', 'new_record'] %}
        {% do exceptions.raise_compiler_error("Invalid setting for property hard_deletes.") %}
    {% endif %}
    {{ return(given or ('invalidate' if old else 'ignore')) }}
{% endmacro %}

{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {% set updated_at = config.get('updated_at') %}
    {% set key = config.get('unique_key') %}
    {% set columns = snapshot_columns() %}
    {% set row_changed -%}
        ({{ snapshotted_rel }}.{{ columns.dbt_valid_from }} < {{ current_rel }}.{{ updated_at }})
    {%- endset %}
    {% set hashed = (key if key is sequence and key is not string else [key]) + [updated_at] %}
    {{ return({
        "unique_key": key,
        "updated_at": updated_at,
        "row_changed": row_changed,
        "scd_id": snapshot_hash_arguments(hashed),
        "invalidate_hard_deletes": snapshot_hard_deletes(config) == 'invalidate',
        "hard_deletes": snapshot_hard_deletes(config),
    }) }}
{% endmacro %}

{% macro snapshot_string_as_time(timestamp) -%}
    {{ adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp) }}
{%- endmacro %}

{% macro default__snapshot_string_as_time(timestamp) -%}
    {{ return("'" ~ timestamp ~ "'::timestamp") }}
{%- endmacro %}

{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) -%}
    {%- if not target_exists -%}
        {{ return((false, [])) }}
    {%- endif -%}
    {%- set given = get_columns_in_query(node['compiled_code'] or node['raw_code']) -%}
    {%- if check_cols_config == 'all' -%}
        {%- set wanted = given -%}
    {%- elif check_cols_config is iterable and check_cols_config | length > 0 -%}
        {%- set lowered = check_cols_config | map('lower') | list -%}
        {%- set wanted = [] -%}
        {%- for name in given if (name | lower) in lowered -%}
            {%- do wanted.append(name) -%}
        {%- endfor -%}
    {%- else -%}
        {% do exceptions.raise_compiler_error("Invalid value for 'check_cols': " ~ check_cols_config) %}
    {%- endif -%}
    {%- set stored = adapter.get_columns_in_relation(load_relation(this)) | map(attribute='name') | map('lower') | list -%}
    {%- set state = namespace(added=false) -%}
    {%- set shared = [] -%}
    {%- for name in wanted -%}
        {%- if (name | lower) in stored -%}
            {%- do shared.append(adapter.quote(name)) -%}
        {%- else -%}
            {%- set state.added = true -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return((state.added, shared)) }}
{%- endmacro %}

{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
    {% set check_cols = config.get('check_cols') %}
    {% set key = config.get('unique_key') %}
    {% set updated_at = config.get('updated_at') or snapshot_get_time() %}
    {% set added, names = snapshot_check_all_get_existing_columns(node, target_exists, check_cols) %}
    {% set row_changed -%}
    (
        {%- if added -%}
        TRUE
        {%- else -%}
        {%- for name in names %}
        {{ snapshotted_rel }}.{{ name }} != {{ current_rel }}.{{ name }}
        or (
            (({{ snapshotted_rel }}.{{ name }} is null) and not ({{ current_rel }}.{{ name }} is null))
            or
            ((not {{ snapshotted_rel }}.{{ name }} is null) and ({{ current_rel }}.{{ name }} is null))
        )
        {%- if not loop.last %} or {% endif -%}
        {%- else -%}
        FALSE
        {%- endfor -%}
        {%- endif -%}
    )
    {%- endset %}
    {% set hashed = (key if key is sequence and key is not string else [key]) + [updated_at] %}
    {{ return({
        "unique_key": key,
        "updated_at": updated_at,
        "row_changed": row_changed,
        "scd_id": snapshot_hash_arguments(hashed),
        "invalidate_hard_deletes": snapshot_hard_deletes(config) == 'invalidate',
        "hard_deletes": snapshot_hard_deletes(config),
    }) }}
{% endmacro %}

{% macro unique_key_fields(unique_key) %}
    {% if unique_key is sequence and unique_key is not string %}
        {% for key in unique_key %}
    {{ key }} as dbt_unique_key_{{ loop.index }}{% if not loop.last %},{% endif %}
        {% endfor %}
    {% else %}
    {{ unique_key }} as dbt_unique_key
    {% endif %}
{% endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) %}
    {% if unique_key is sequence and unique_key is not string %}
        {% for key in unique_key %}
    {{ identifier }}.dbt_unique_key_{{ loop.index }} = {{ from_identifier }}.dbt_unique_key_{{ loop.index }}{% if not loop.last %} and {% endif %}
        {% endfor %}
    {% else %}
    {{ identifier }}.dbt_unique_key = {{ from_identifier }}.dbt_unique_key
    {% endif %}
{% endmacro %}

{% macro unique_key_is_null(unique_key, identifier) %}
    {%- if unique_key is sequence and unique_key is not string -%}
    {{ identifier }}.dbt_unique_key_1 is null
    {%- else -%}
    {{ identifier }}.dbt_unique_key is null
    {%- endif -%}
{% endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) %}
    {%- if unique_key is sequence and unique_key is not string -%}
    {{ identifier }}.dbt_unique_key_1 is not null
    {%- else -%}
    {{ identifier }}.dbt_unique_key is not null
    {%- endif -%}
{% endmacro %}

{% macro build_snapshot_table(strategy, sql) -%}
    {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{% endmacro %}

{% macro default__build_snapshot_table(strategy, sql) %}
    {%- set columns = snapshot_columns() %}
    select *,
        {{ strategy.scd_id }} as {{ columns.dbt_scd_id }},
        {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
        {{ get_dbt_valid_to_current(strategy, columns) }}
        {%- if strategy.hard_deletes == 'new_record' %}
        , 'False' as {{ columns.dbt_is_deleted }}
        {%- endif %}
    from (
        {{ sql }}
    ) sbq
{% endmacro %}

{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{% endmacro %}

{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
    {%- set columns = snapshot_columns() -%}
    {%- set open_end = config.get('dbt_valid_to_current') -%}
    {%- set new_record = strategy.hard_deletes == 'new_record' -%}
    with snapshot_query as (
        {{ source_sql }}
    ),
    snapshotted_data as (
        select *, {{ unique_key_fields(strategy.unique_key) }}
        from {{ target_relation }}
        where
        {% if open_end %}
            ({{ columns.dbt_valid_to }} = {{ open_end }} or {{ columns.dbt_valid_to }} is null)
        {% else %}
            {{ columns.dbt_valid_to }} is null
        {% endif %}
    ),
    insertions_source_data as (
        select *, {{ unique_key_fields(strategy.unique_key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ get_dbt_valid_to_current(strategy, columns) }},
            {{ strategy.scd_id }} as {{ columns.dbt_scd_id }}
        from snapshot_query
    ),
    updates_source_data as (
        select *, {{ unique_key_fields(strategy.unique_key) }},
            {{ strategy.updated_at }} as {{ columns.dbt_updated_at }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_from }},
            {{ strategy.updated_at }} as {{ columns.dbt_valid_to }}
        from snapshot_query
    ),
    {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %}
    deletes_source_data as (
        select *, {{ unique_key_fields(strategy.unique_key) }}
        from snapshot_query
    ),
    {%- endif %}
    insertions as (
        select 'insert' as dbt_change_type, source_data.*
        {%- if new_record %}, 'False' as {{ columns.dbt_is_deleted }}{%- endif %}
        from insertions_source_data as source_data
        left outer join snapshotted_data
            on {{ unique_key_join_on(strategy.unique_key, "snapshotted_data", "source_data") }}
        where {{ unique_key_is_null(strategy.unique_key, "snapshotted_data") }}
            or ({{ unique_key_is_not_null(strategy.unique_key, "snapshotted_data") }} and ({{ strategy.row_changed }}
            {%- if new_record %} or snapshotted_data.{{ columns.dbt_is_deleted }} = 'True'{% endif %}))
    ),
    updates as (
        select 'update' as dbt_change_type, source_data.*, snapshotted_data.{{ columns.dbt_scd_id }}
        {%- if new_record %}, snapshotted_data.{{ columns.dbt_is_deleted }}{%- endif %}
        from updates_source_data as source_data
        join snapshotted_data
            on {{ unique_key_join_on(strategy.unique_key, "snapshotted_data", "source_data") }}
        where ({{ strategy.row_changed }}
            {%- if new_record %} or snapshotted_data.{{ columns.dbt_is_deleted }} = 'True'{% endif %})
    )
    {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %},
    deletes as (
        select 'delete' as dbt_change_type, source_data.*,
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_to }},
            snapshotted_data.{{ columns.dbt_scd_id }}
            {%- if new_record %}, snapshotted_data.{{ columns.dbt_is_deleted }}{%- endif %}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(strategy.unique_key, "snapshotted_data", "source_data") }}
        where {{ unique_key_is_null(strategy.unique_key, "source_data") }}
        {%- if new_record %}
            and not (
                snapshotted_data.{{ columns.dbt_is_deleted }} = 'True'
                and {% if open_end %}(snapshotted_data.{{ columns.dbt_valid_to }} = {{ open_end }} or snapshotted_data.{{ columns.dbt_valid_to }} is null){% else %}snapshotted_data.{{ columns.dbt_valid_to }} is null{% endif %}
            )
        {%- endif %}
    )
    {%- endif %}
    {%- if new_record %}
        {%- set stored = adapter.get_columns_in_relation(target_relation) | map(attribute='name') | map('lower') | list %},
    deletion_records as (
        select 'insert' as dbt_change_type,
            {%- for name in get_columns_in_query(source_sql) %}
            {% if (name | lower) in stored %}snapshotted_data.{{ adapter.quote(name) }}{% else %}null{% endif %} as {{ adapter.quote(name) }},
            {%- endfor %}
            {%- if strategy.unique_key is sequence and strategy.unique_key is not string %}
                {%- for key in strategy.unique_key %}
            snapshotted_data.{{ key }} as dbt_unique_key_{{ loop.index }},
                {%- endfor %}
            {%- else %}
            snapshotted_data.dbt_unique_key as dbt_unique_key,
            {%- endif %}
            {{ snapshot_get_time() }} as {{ columns.dbt_valid_from }},
            {{ snapshot_get_time() }} as {{ columns.dbt_updated_at }},
            {% if open_end %}{{ open_end }}{% else %}snapshotted_data.{{ columns.dbt_valid_to }}{% endif %} as {{ columns.dbt_valid_to }},
            {{ snapshot_hash_arguments(['snapshotted_data.' ~ columns.dbt_scd_id, snapshot_get_time()]) }} as {{ columns.dbt_scd_id }},
            'True' as {{ columns.dbt_is_deleted }}
        from snapshotted_data
        left join deletes_source_data as source_data
            on {{ unique_key_join_on(strategy.unique_key, "snapshotted_data", "source_data") }}
        where {{ unique_key_is_null(strategy.unique_key, "source_data") }}
            and snapshotted_data.{{ columns.dbt_is_deleted }} != 'True'
    )
    {%- endif %}
    select * from insertions
    union all by name
    select * from updates
    {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %}
    union all by name
    select * from deletes
    {%- endif %}
    {%- if new_record %}
    union all by name
    select * from deletion_records
    {%- endif %}
{%- endmacro %}

{% macro get_merge_snapshot_sql(target, source, insert_cols) -%}
    {{ snapshot_merge_sql(target, source, insert_cols) }}
{%- endmacro %}

{% macro snapshot_merge_sql(target, source, insert_cols) -%}
    {{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}
{%- endmacro %}

{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
    {%- set columns = snapshot_columns() -%}
    {%- set open_end = config.get('dbt_valid_to_current') -%}
    update {{ target }} as DBT_INTERNAL_TARGET
    set {{ columns.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ columns.dbt_valid_to }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.{{ columns.dbt_scd_id }}::text = DBT_INTERNAL_TARGET.{{ columns.dbt_scd_id }}::text
        and DBT_INTERNAL_SOURCE.dbt_change_type::text in ('update'::text, 'delete'::text)
        {% if open_end -%}
        and (DBT_INTERNAL_TARGET.{{ columns.dbt_valid_to }} = {{ open_end }} or DBT_INTERNAL_TARGET.{{ columns.dbt_valid_to }} is null);
        {%- else -%}
        and DBT_INTERNAL_TARGET.{{ columns.dbt_valid_to }} is null;
        {%- endif %}

    insert into {{ target }} ({{ insert_cols | join(', ') }})
    select {% for name in insert_cols -%}DBT_INTERNAL_SOURCE.{{ name }}{{ ", " if not loop.last }}{%- endfor %}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.dbt_change_type::text = 'insert'::text;
{%- endmacro %}

{% macro create_columns(relation, columns) %}
    {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}
{% endmacro %}

{% macro default__create_columns(relation, columns) %}
    {% for column in columns %}
        {% call statement() %}
            alter table {{ relation }} add column {{ column.quoted }} {{ column.data_type }}
        {% endcall %}
    {% endfor %}
{% endmacro %}

{% macro post_snapshot(staging_relation) %}
    {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}
{% endmacro %}

{% macro default__post_snapshot(staging_relation) %}
    {% do drop_relation_if_exists(staging_relation) %}
{% endmacro %}

{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
    {% set staging = make_temp_relation(target_relation) %}
    {% call statement('build_snapshot_staging_relation') %}
        {{ create_table_as(True, staging, snapshot_staging_table(strategy, sql, target_relation)) }}
    {% endcall %}
    {% do return(staging) %}
{% endmacro %}

{% materialization snapshot, default %}
    {%- set strategy_name = config.get('strategy') -%}
    {%- set found = get_or_create_relation(database=this.database, schema=this.schema, identifier=this.identifier, type='table') -%}
    {%- set target_relation_exists = found[0] -%}
    {%- set target_relation = found[1] -%}
    {%- if target_relation.type != 'table' -%}
        {% do exceptions.relation_wrong_type(target_relation, 'table') %}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% set strategy = strategy_dispatch(strategy_name)(model, "snapshotted_data", "source_data", model['config'], target_relation_exists) %}
    {% set state = namespace(final_sql='', staging=none) %}
    {% if not target_relation_exists %}
        {% do adapter.create_schema(target_relation) %}
        {% set state.final_sql = create_table_as(False, target_relation, build_snapshot_table(strategy, model['compiled_code'])) %}
    {% else %}
        {% set columns = snapshot_columns() %}
        {% do adapter.valid_snapshot_target(target_relation, columns, strategy) %}
        {% set state.staging = build_snapshot_staging_table(strategy, sql, target_relation) %}
        {% do adapter.expand_target_column_types(from_relation=state.staging, to_relation=target_relation) %}
        {% set own = ['dbt_change_type', 'dbt_unique_key'] %}
        {% if strategy.unique_key is sequence and strategy.unique_key is not string %}
            {% for key in strategy.unique_key %}
                {% do own.append('dbt_unique_key_' ~ loop.index) %}
            {% endfor %}
        {% endif %}
        {% set missing = [] %}
        {% for column in adapter.get_missing_columns(state.staging, target_relation) if (column.name | lower) not in own %}
            {% do missing.append(column) %}
        {% endfor %}
        {% do create_columns(target_relation, missing) %}
        {% set quoted = [] %}
        {% for column in adapter.get_columns_in_relation(state.staging) if (column.name | lower) not in own %}
            {% do quoted.append(adapter.quote(column.name)) %}
        {% endfor %}
        {% set state.final_sql = snapshot_merge_sql(target=target_relation, source=state.staging, insert_cols=quoted) %}
    {% endif %}
    {% call statement('main') %}
        {{ state.final_sql }}
    {% endcall %}
    {% do apply_grants(target_relation, config.get('grants')) %}
    {% do persist_docs(target_relation, model) %}
    {% if not target_relation_exists %}
        {% do create_indexes(target_relation) %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% if state.staging is not none %}
        {% do post_snapshot(state.staging) %}
    {% endif %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
