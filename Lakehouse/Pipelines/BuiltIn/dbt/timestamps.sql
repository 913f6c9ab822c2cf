{%- macro current_timestamp() -%}
    {{ adapter.dispatch('current_timestamp', 'dbt')() }}
{%- endmacro -%}

{% macro default__current_timestamp() -%}
    now()
{%- endmacro %}

{%- macro snapshot_get_time() -%}
    {{ adapter.dispatch('snapshot_get_time', 'dbt')() }}
{%- endmacro -%}

{% macro default__snapshot_get_time() -%}
    {{ dbt.current_timestamp() }}::timestamp
{%- endmacro %}

{% macro get_snapshot_get_time_data_type() %}
    {% set described = get_column_schema_from_query('select ' ~ dbt.snapshot_get_time() ~ ' as dbt_snapshot_time') %}
    {% do return(described[0].dtype or none) %}
{% endmacro %}

{% macro current_timestamp_backcompat() %}
    {{ return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) }}
{% endmacro %}

{% macro default__current_timestamp_backcompat() %}
    current_timestamp::{{ dbt.type_timestamp() }}
{% endmacro %}

{% macro current_timestamp_in_utc_backcompat() %}
    {{ return(adapter.dispatch('current_timestamp_in_utc_backcompat', 'dbt')()) }}
{% endmacro %}

{% macro default__current_timestamp_in_utc_backcompat() %}
    {{ return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) }}
{% endmacro %}

{% macro convert_datetime(date_str, date_fmt) %}
    {{ return(try_or_compiler_error(
        "Could not read partition date '" ~ date_str ~ "' with the format '" ~ date_fmt ~ "'",
        modules.datetime.datetime.strptime, date_str.strip(), date_fmt)) }}
{% endmacro %}

{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt="%Y%m%d", out_fmt="%Y%m%d") %}
    {% set last = start_date_str if end_date_str is none else end_date_str %}
    {% set first_day = convert_datetime(start_date_str, in_fmt) %}
    {% set days = (convert_datetime(last, in_fmt) - first_day).days %}
    {% if days < 0 %}
        {% do exceptions.raise_compiler_error("Partition start date is after the end date: " ~ start_date_str ~ ", " ~ last) %}
    {% endif %}
    {% set found = [] %}
    {% for n in range(days + 1) %}
        {% do found.append((first_day + modules.datetime.timedelta(days=n)).strftime(out_fmt)) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') %}
    {% set ends = (raw_partition_date | string).split(',') %}
    {% if ends | length > 2 %}
        {% do exceptions.raise_compiler_error("A partition range has at most two dates, got: " ~ raw_partition_date) %}
    {% endif %}
    {{ return(dates_in_range(ends[0], ends[1] if ends | length == 2 else none, in_fmt=date_fmt)) }}
{% endmacro %}

{% macro py_current_timestring() %}
    {{ return(modules.datetime.datetime.now().strftime("%Y%m%d%H%M%S%f")) }}
{% endmacro %}
