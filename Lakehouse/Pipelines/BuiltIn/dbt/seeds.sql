{% macro create_csv_table(model, agate_table) -%}
    {{ adapter.dispatch('create_csv_table', 'dbt')(model, agate_table) }}
{%- endmacro %}

{% macro default__create_csv_table(model, agate_table) %}
    {{ return(csv_table_definition(this, model, agate_table, false)) }}
{% endmacro %}

{% macro csv_table_definition(relation, model, agate_table, temporary) %}
    {%- set given_types = model['config'].get('column_types', {}) or {} -%}
    {%- set quote_names = model['config'].get('quote_columns', none) %}
    create {{ 'temporary ' if temporary else 'or replace ' }}table {{ relation }} (
        {%- for name in agate_table.column_names -%}
            {%- set type = given_types.get(name, adapter.convert_type(agate_table, loop.index0)) -%}
            {{ adapter.quote_seed_column(name, quote_names) }} {{ type }} {%- if not loop.last -%}, {%- endif -%}
        {%- endfor -%}
    )
{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) %}
    {%- set quote_names = model['config'].get('quote_columns', none) -%}
    {%- set quoted = [] -%}
    {%- for name in column_names -%}
        {%- do quoted.append(adapter.quote_seed_column(name, quote_names)) -%}
    {%- endfor -%}
    {{ return(quoted | join(', ')) }}
{% endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ return(adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql)) }}
{% endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) %}
    {{ create_or_truncate_sql }};
    -- dbt seed --
    {{ insert_sql }}
{% endmacro %}

{% materialization seed, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set agate_table = load_agate_table() -%}
    {%- if existing_relation is not none and existing_relation.type == 'view' -%}
        {{ exceptions.raise_compiler_error("Cannot seed to '" ~ existing_relation ~ "', it is a view") }}
    {%- endif -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {# The rows are read into a table that nobody sees, and then take the place of the old ones at once. #}
    {%- set loaded = make_temp_relation(target_relation, '__dbt_seed') -%}
    {% call statement('load') -%}
        {{ csv_table_definition(loaded, model, agate_table, true) }}
    {%- endcall %}
    {% do adapter.seed_rows(loaded, agate_table) %}
    {% set names = get_seed_column_quoted_csv(model, agate_table.column_names) %}
    {% if existing_relation is none or should_full_refresh() %}
        {% call statement('main') -%}
            create or replace table {{ target_relation }} as (select * from {{ loaded }})
        {%- endcall %}
    {% else %}
        {# Columns that the table does not have are an error here, as they are when rows are added to a truncated table. #}
        {% do adapter.truncate_relation(target_relation) %}
        {% call statement('main') -%}
            insert into {{ target_relation }} ({{ names }}) select {{ names }} from {{ loaded }}
        {%- endcall %}
    {% endif %}
    {% call statement() -%}
        drop table {{ loaded }}
    {%- endcall %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
