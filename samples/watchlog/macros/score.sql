{# 1, 2 or 3: which third of all contracts a value is in. A value that equals a quantile is in the lower third; quantiles are interpolated linearly. #}
{% macro score(value, quantiles) -%}
    (1 + ({{ value }} > {{ quantiles }}[1])::int + ({{ value }} > {{ quantiles }}[2])::int)
{%- endmacro %}

{% macro thirds(value) -%}
    quantile_cont(({{ value }})::double, [1::double / 3, 2::double / 3])
{%- endmacro %}
