with measures as (
    select
        Contract,
        (date '{{ var("reported_date") }}' - LastDate)::int as Recency,
        round(ActiveDays / {{ var("total_date") }} * 100, 2) as Frequency,
        Monetary
    from {{ ref('contract_activity') }}
),

quantiles as (
    select
        {{ thirds('-Recency') }} as recency,
        {{ thirds('Frequency') }} as frequency,
        {{ thirds('Monetary') }} as monetary
    from measures
)

select
    Contract,
    measures.Recency,
    measures.Frequency,
    measures.Monetary,
    -- Inverted: who was there last scores highest.
    {{ score('-measures.Recency', 'quantiles.recency') }} as RecencyScore,
    {{ score('measures.Frequency', 'quantiles.frequency') }} as FrequencyScore,
    {{ score('measures.Monetary', 'quantiles.monetary') }} as MonetaryScore
from measures, quantiles
