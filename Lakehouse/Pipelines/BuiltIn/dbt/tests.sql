{% test unique(model, column_name) %}
    {{ return(adapter.dispatch('test_unique', 'dbt')(model, column_name)) }}
{% endtest %}

{% macro default__test_unique(model, column_name) %}
select
    {{ column_name }} as unique_field,
    count(*) as n_records

from {{ model }}
where {{ column_name }} is not null
group by {{ column_name }}
having count(*) > 1
{% endmacro %}

{% test not_null(model, column_name) %}
    {{ return(adapter.dispatch('test_not_null', 'dbt')(model, column_name)) }}
{% endtest %}

{% macro default__test_not_null(model, column_name) %}
{% set column_list = '*' if should_store_failures() else column_name %}
select {{ column_list }}
from {{ model }}
where {{ column_name }} is null
{% endmacro %}

{% test accepted_values(model, column_name, values, quote=True) %}
    {{ return(adapter.dispatch('test_accepted_values', 'dbt')(model, column_name, values, quote)) }}
{% endtest %}

{% macro default__test_accepted_values(model, column_name, values, quote=True) %}
with all_values as (

    select
        {{ column_name }} as value_field,
        count(*) as n_records

    from {{ model }}
    group by {{ column_name }}

)

select *
from all_values
where value_field not in (
    {% for value in values -%}
        {% if quote -%}
        '{{ value }}'
        {%- else -%}
        {{ value }}
        {%- endif -%}
        {%- if not loop.last -%},{%- endif %}
    {%- endfor %}
)
{% endmacro %}

{% test relationships(model, column_name, to, field) %}
    {{ return(adapter.dispatch('test_relationships', 'dbt')(model, column_name, to, field)) }}
{% endtest %}

{% macro default__test_relationships(model, column_name, to, field) %}
with child as (
    select {{ column_name }} as from_field
    from {{ model }}
    where {{ column_name }} is not null
),

parent as (
    select {{ field }} as to_field
    from {{ to }}
)

select
    from_field

from child
left join parent
    on child.from_field = parent.to_field

where parent.to_field is null
{% endmacro %}

{% macro get_where_subquery(relation) -%}
    {{ return(adapter.dispatch('get_where_subquery', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_where_subquery(relation) -%}
    {% set where = config.get('where', '') %}
    {% if where %}
        {%- set filtered -%}
            (select * from {{ relation }} where {{ where }}) dbt_subquery
        {%- endset -%}
        {% do return(filtered) %}
    {%- else -%}
        {% do return(relation) %}
    {%- endif -%}
{%- endmacro %}

{% macro get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    {{ adapter.dispatch('get_test_sql', 'dbt')(main_sql, fail_calc, warn_if, error_if, limit) }}
{%- endmacro %}

{% macro default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) -%}
    select
      {{ fail_calc }} as failures,
      {{ fail_calc }} {{ warn_if }} as should_warn,
      {{ fail_calc }} {{ error_if }} as should_error
    from (
      {{ main_sql }}
      {{ "limit " ~ limit if limit != none }}
    ) dbt_internal_test
{%- endmacro %}

{% macro get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
    {{ adapter.dispatch('get_unit_test_sql', 'dbt')(main_sql, expected_fixture_sql, expected_column_names) }}
{%- endmacro %}

{% macro default__get_unit_test_sql(main_sql, expected_fixture_sql, expected_column_names) -%}
with dbt_internal_unit_test_actual as (
  select
    {% for name in expected_column_names %}{{ name }}{% if not loop.last %}, {% endif %}{% endfor %}, {{ dbt.string_literal("actual") }} as {{ adapter.quote("actual_or_expected") }}
  from (
    {{ main_sql }}
  ) _dbt_internal_unit_test_actual
),
dbt_internal_unit_test_expected as (
  select
    {% for name in expected_column_names %}{{ name }}{% if not loop.last %}, {% endif %}{% endfor %}, {{ dbt.string_literal("expected") }} as {{ adapter.quote("actual_or_expected") }}
  from (
    {{ expected_fixture_sql }}
  ) _dbt_internal_unit_test_expected
)
select * from dbt_internal_unit_test_actual
union all
select * from dbt_internal_unit_test_expected
{%- endmacro %}

{% macro get_fixture_sql(rows, column_name_to_data_types) %}
    {% if not column_name_to_data_types %}
        {%- set existing = load_relation(this) -%}
        {%- if not existing -%}
            {%- do exceptions.raise_compiler_error("Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this ~ " because the relation doesn't exist") -%}
        {%- endif -%}
        {%- set column_name_to_data_types = {} -%}
        {%- for column in adapter.get_columns_in_relation(existing) -%}
            {%- do column_name_to_data_types.update({column.name | lower: column.data_type}) -%}
        {%- endfor -%}
    {% endif %}
    {%- if not column_name_to_data_types -%}
        {{ exceptions.raise_compiler_error("columns not available for " ~ model.name) }}
    {%- endif -%}
    {%- for row in rows -%}
        {%- set given = format_row(row, column_name_to_data_types) -%}
        {%- set nulls = {} -%}
        {%- for name in column_name_to_data_types -%}
            {%- do nulls.update({name: safe_cast("null", column_name_to_data_types[name]) | trim}) -%}
        {%- endfor -%}
        {%- do nulls.update(given) %}
select
        {%- for name, value in nulls.items() %} {{ value }} as {{ adapter.quote(name) }}{% if not loop.last -%}, {%- endif %}
        {%- endfor %}
        {%- if not loop.last %}
union all
        {% endif %}
    {%- endfor -%}
    {%- if (rows | length) == 0 -%}
select
        {%- for name, type in column_name_to_data_types.items() %} {{ safe_cast("null", type) | trim }} as {{ adapter.quote(name) }}{% if not loop.last -%}, {%- endif %}
        {%- endfor %}
limit 0
    {%- endif -%}
{% endmacro %}

{% macro get_expected_sql(rows, column_name_to_data_types) %}
    {%- if (rows | length) == 0 -%}
select * from dbt_internal_unit_test_actual
limit 0
    {%- else -%}
        {%- for row in rows -%}
            {%- set given = format_row(row, column_name_to_data_types) %}
select
            {%- for name, value in given.items() %} {{ value }} as {{ adapter.quote(name) }}{% if not loop.last -%}, {%- endif %}
            {%- endfor %}
            {%- if not loop.last %}
union all
            {% endif %}
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{% macro format_row(row, column_name_to_data_types) -%}
    {%- set types = {} -%}
    {%- for name in column_name_to_data_types -%}
        {%- do types.update({name | lower: column_name_to_data_types[name]}) -%}
    {%- endfor -%}
    {%- set formatted = {} -%}
    {%- for name in row -%}
        {%- set value = row[name] -%}
        {%- if (name | lower) not in types -%}
            {{ exceptions.raise_compiler_error("Invalid column name: '" ~ name ~ "' in unit test fixture for '" ~ model.name ~ "'.\nAccepted columns for '" ~ model.name ~ "' are: " ~ (types.keys() | list)) }}
        {%- endif -%}
        {# The size of a text would cut it. #}
        {%- set type = 'character varying' if types[name | lower].startswith('character varying(') else types[name | lower] -%}
        {%- if value is string and value != '' -%}
            {%- set literal = "'" ~ dbt.escape_single_quotes(value) ~ "'" -%}
        {%- elif value is none or value is string -%}
            {%- set literal = 'null' if value is none else "''" -%}
        {%- else -%}
            {%- set literal = value -%}
        {%- endif -%}
        {%- do formatted.update({name: safe_cast(literal, type) | trim}) -%}
    {%- endfor -%}
    {{ return(formatted) }}
{%- endmacro %}

{% macro validate_fixture_rows(rows, row_number) -%}
    {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}
