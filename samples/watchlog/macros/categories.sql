{# What is watched, by the app that it is watched with. An app that is not here is unknown, and its events are not counted as watching. #}
{% macro categories() -%}
    {{ return([
        {'name': 'TV', 'apps': ['CHANNEL', 'KPLUS']},
        {'name': 'Child', 'apps': ['CHILD']},
        {'name': 'Movie', 'apps': ['VOD', 'FIMS', 'BHD']},
        {'name': 'Relax', 'apps': ['RELAX']},
        {'name': 'Sport', 'apps': ['SPORT']},
    ]) }}
{%- endmacro %}
