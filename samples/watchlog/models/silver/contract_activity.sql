-- The one scan of bronze: everything else is made of these rows, one for each contract.
select
    Contract,
{%- for category in categories() %}
    coalesce(sum(TotalDuration) filter (where TotalDuration > 0 and AppName in ('{{ category.apps | join("', '") }}')), 0)::bigint as {{ category.name }}Duration,
{%- endfor %}
    max(Date) as LastDate,
    {{ active_days('Date', var('reported_date')) }} as ActiveDays,
    coalesce(sum(TotalDuration), 0)::bigint as Monetary
from {{ source('bronze', 'watchlog') }}
where length(Contract) > 1
group by Contract
