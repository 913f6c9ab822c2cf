{#
  Number of different dates in a column.
  A count(distinct) needs a hash table of its own, which doubles the time of the scan, so days near the reported date are bits of an integer instead; dates elsewhere, of which
  there are none in a sound month, are counted as ever.
#}
{% macro active_days(date, reported_date) -%}
    {%- set near -%} {{ date }} >= date '{{ reported_date }}' - 62 and {{ date }} < date '{{ reported_date }}' {%- endset -%}
    (
        coalesce(bit_count(bit_or(case when {{ near }} then 1::bigint << (date '{{ reported_date }}' - {{ date }})::int end)), 0)
        + count(distinct {{ date }}) filter (where not ({{ near }}))
    )::int
{%- endmacro %}
