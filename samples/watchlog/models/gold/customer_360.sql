with scored as (
    select
        Contract,
        concat(RecencyScore, FrequencyScore, MonetaryScore) as RFM
    from {{ ref('rfm') }}
)
select
    watch.Contract,
{%- for category in categories() %}
    watch.{{ category.name }}Duration,
{%- endfor %}
    watch.SumDuration,
    watch.MostWatch,
    scored.RFM,
    case
{%- for name, codes in segments().items() %}
        when scored.RFM in ('{{ codes | join("', '") }}') then '{{ name }}'
{%- endfor %}
    end as TypeOfCustomers,
    true as is_current,
    timestamp '{{ var("reported_date") }}' as effective_time,
    null::timestamp as end_time
from {{ ref('watch') }} as watch
join scored on scored.Contract = watch.Contract
