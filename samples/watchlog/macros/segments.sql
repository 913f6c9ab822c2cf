{# What a contract's three scores (recency, frequency, monetary; 3 is best) make of it. Each of the 27 codes stands in one list. #}
{% macro segments() -%}
    {{ return({
        'lost customers': ['111', '112', '113', '121', '122', '123', '131'],
        'potential loyalist': ['132', '133', '211', '212', '213', '221', '222'],
        'loyal customers': ['223', '231', '232', '233', '311', '312'],
        'champions': ['313', '321', '322', '323', '331', '332', '333'],
    }) }}
{%- endmacro %}
