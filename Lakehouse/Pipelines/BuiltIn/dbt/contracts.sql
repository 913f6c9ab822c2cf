{% macro get_assert_columns_equivalent(sql) -%}
    {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
    {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro assert_columns_equivalent(sql) %}
    {% set declared = model['columns'] %}
    {% set wanted = get_column_schema_from_query(get_empty_schema_sql(declared)) %}
    {% set given = get_column_schema_from_query(get_empty_subquery_sql(sql, config.get('sql_header', none))) %}
    {% set types = {} %}
    {% for column in given %}
        {% do types.update({column.name | lower: column.data_type}) %}
    {% endfor %}
    {% set same = wanted | length == given | length %}
    {% set state = namespace(same=same) %}
    {% for column in wanted if types.get(column.name | lower) != column.data_type %}
        {% set state.same = false %}
    {% endfor %}
    {% if not state.same %}
        {% do exceptions.raise_contract_error(wanted, given) %}
    {% endif %}
{% endmacro %}

{% macro get_table_columns_and_constraints() -%}
    {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
    {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() %}
    {%- set parts = adapter.render_raw_columns_constraints(raw_columns=model['columns']) + adapter.render_raw_model_constraints(raw_constraints=model['constraints']) -%}
  (
    {{ parts | join(',\n    ') }}
  )
{% endmacro %}

{% macro get_column_names() %}
    {%- set names = [] -%}
    {%- for name in model['columns'] -%}
        {%- set column = model['columns'][name] -%}
        {%- do names.append(adapter.quote(column['name']) if column.get('quote') else column['name']) -%}
    {%- endfor -%}
    {{ return(names | join(', ')) }}
{% endmacro %}

{% macro get_select_subquery(sql) %}
    {{ return(adapter.dispatch('get_select_subquery', 'dbt')(sql)) }}
{% endmacro %}

{% macro default__get_select_subquery(sql) %}
    select {{ get_column_names() }}
    from (
        {{ sql }}
    ) as model_subq
{% endmacro %}

{% macro format_columns(columns) %}
    {% set formatted = [] %}
    {% for column in columns %}
        {% do formatted.append({'name': column.name, 'data_type': column.data_type, 'formatted': column.name ~ ' ' ~ column.data_type}) %}
    {% endfor %}
    {{ return(formatted) }}
{% endmacro %}
