{%- set categories = categories() -%}
with ranked as (
    select
        *,
        -- Of equal durations the alphabetically last name comes first.
        list_reverse_sort([
{%- for category in categories %}
            {duration: {{ category.name }}Duration, name: '{{ category.name }}'}{{ "," if not loop.last }}
{%- endfor %}
        ]) as ranking
    from {{ ref('contract_activity') }}
    -- No duration is negative, so a sum above zero means that there is an event of a known category.
    where {% for category in categories %}{{ category.name }}Duration{{ " + " if not loop.last }}{% endfor %} > 0
)
select
    Contract,
{%- for category in categories %}
    {{ category.name }}Duration,
{%- endfor %}
    {% for category in categories %}{{ category.name }}Duration{{ " + " if not loop.last }}{% endfor %} as SumDuration,
    ranking[1].name as MostWatch,
    case when ranking[2].duration > 0 then ranking[2].name end as SecondMostWatch,
    case when ranking[3].duration > 0 then ranking[3].name end as ThirdMostWatch
from ranked
