{% macro get_create_table_as_sql(temporary, relation, sql) -%}
    {{ adapter.dispatch('get_create_table_as_sql', 'dbt')(temporary, relation, sql) }}
{%- endmacro %}

{% macro default__get_create_table_as_sql(temporary, relation, sql) -%}
    {{ return(create_table_as(temporary, relation, sql)) }}
{% endmacro %}

{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
    {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
{%- endmacro %}

{# One statement replaces a table as a whole, so readers see the old rows or the new ones. #}
{% macro default__create_table_as(temporary, relation, sql) -%}
    {%- set sql_header = config.get('sql_header', none) -%}
    {{ sql_header if sql_header is not none }}
    {%- if not temporary and config.get('contract') and config.get('contract').enforced %}
    {{ get_assert_columns_equivalent(sql) }}
    {# The constraints are checked on a table that nobody sees. #}
    {%- set checked = make_temp_relation(relation, '__dbt_contract') %}
    create temporary table {{ checked }}
    {{ get_table_columns_and_constraints() }};
    insert into {{ checked }} ({{ get_column_names() }})
    (
        {{ get_select_subquery(sql) }}
    );
    create or replace table {{ relation }} as (select * from {{ checked }});
    drop table {{ checked }};
    {%- else %}
    create {% if temporary %}temporary{% else %}or replace{% endif %} table {{ relation }} as (
        {{ sql }}
    );
    {%- endif %}
{%- endmacro %}

{% macro get_create_view_as_sql(relation, sql) -%}
    {{ adapter.dispatch('get_create_view_as_sql', 'dbt')(relation, sql) }}
{%- endmacro %}

{% macro default__get_create_view_as_sql(relation, sql) -%}
    {{ return(create_view_as(relation, sql)) }}
{% endmacro %}

{% macro create_view_as(relation, sql) -%}
    {{ adapter.dispatch('create_view_as', 'dbt')(relation, sql) }}
{%- endmacro %}

{% macro default__create_view_as(relation, sql) -%}
    {%- set sql_header = config.get('sql_header', none) -%}
    {{ sql_header if sql_header is not none }}
    {%- if config.get('contract') and config.get('contract').enforced %}
    {{ get_assert_columns_equivalent(sql) }}
    {%- endif %}
    create or replace view {{ relation }} as (
        {{ sql }}
    );
{%- endmacro %}

{% macro drop_other_kind(existing_relation, wanted_type) %}
    {% if existing_relation is not none and existing_relation.type != wanted_type %}
        {% do adapter.drop_relation(existing_relation) %}
    {% endif %}
{% endmacro %}

{% materialization view, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing_relation is not none and existing_relation.type != 'view' %}
        {# A query that is not valid is found before the table is gone. #}
        {% do adapter.describe_query(sql) %}
        {% do drop_other_kind(existing_relation, 'view') %}
    {% endif %}
    {% call statement('main') -%}
        {{ get_create_view_as_sql(target_relation, sql) }}
    {%- endcall %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% materialization table, default %}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {% if existing_relation is not none and existing_relation.type != 'table' %}
        {% do adapter.describe_query(sql) %}
        {% do drop_other_kind(existing_relation, 'table') %}
    {% endif %}
    {% call statement('main') -%}
        {{ get_create_table_as_sql(False, target_relation, sql) }}
    {%- endcall %}
    {% do create_indexes(target_relation) %}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=True) %}
    {% do persist_docs(target_relation, model) %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{%- endmaterialization %}

{% materialization test, default %}
    {% set relations = [] %}
    {% set limit = config.get('limit') %}
    {% set main_sql = sql %}
    {% if should_store_failures() %}
        {% set existing_relation = load_cached_relation(this) %}
        {% set kind = 'view' if config.get('store_failures_as') == 'view' else 'table' %}
        {% set target_relation = this.incorporate(type=kind) %}
        {% do adapter.create_schema(target_relation) %}
        {% do drop_other_kind(existing_relation, kind) %}
        {% call statement(auto_begin=True) %}
            {% if kind == 'view' %}{{ get_create_view_as_sql(target_relation, sql) }}{% else %}{{ get_create_table_as_sql(False, target_relation, sql) }}{% endif %}
        {% endcall %}
        {% do relations.append(target_relation) %}
        {% set main_sql %}
        select *
        from {{ target_relation }}
        {% endset %}
    {% endif %}
    {% call statement('main', fetch_result=True) -%}
        {{ get_test_sql(main_sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit) }}
    {%- endcall %}
    {{ return({'relations': relations}) }}
{%- endmaterialization %}

{% materialization unit, default %}
    {% set rows = config.get('expected_rows') %}
    {% set expected_sql = config.get('expected_sql') %}
    {% set described = get_columns_in_query_types(sql) %}
    {% set types = {} %}
    {% for column in described %}
        {% do types.update({column.name | lower: column.data_type}) %}
    {% endfor %}
    {% set names = [] %}
    {# A query that expects must give all columns of the model; rows may name some. #}
    {% if not expected_sql and rows | length > 0 %}
        {% set names = rows[0].keys() | list %}
    {% else %}
        {% set names = described | map(attribute='name') | list %}
    {% endif %}
    {% set quoted = [] %}
    {% for name in names %}
        {% do quoted.append(adapter.quote(name)) %}
    {% endfor %}
    {% if not expected_sql %}
        {% set expected_sql = get_expected_sql(rows, types) %}
    {% endif %}
    {% call statement('main', fetch_result=True) -%}
        {{ get_unit_test_sql(sql, expected_sql, quoted) }}
    {%- endcall %}
    {{ return({'relations': []}) }}
{%- endmaterialization %}

{% macro get_columns_in_query_types(select_sql) %}
    {{ return(adapter.get_column_schema_from_query(select_sql)) }}
{% endmacro %}
