// Functions of DuckDB that people reach for; the grammar's own words are completed anyway.
const names = `
abs age any_value approx_count_distinct approx_quantile arg_max arg_min array_agg avg bit_count bool_and bool_or cardinality ceil coalesce concat concat_ws contains corr count
count_if current_date date_add date_diff date_part date_sub date_trunc dayname dayofweek dayofyear dense_rank element_at ends_with epoch epoch_ms exp extract first first_value
floor format greatest hash histogram if ifnull isnan json_extract json_extract_string lag last last_day last_value lead least left len length levenshtein list list_aggregate
list_contains list_distinct list_filter list_sort list_transform ln log log10 lower lpad ltrim make_date map_keys map_values max md5 median min mode month monthname now ntile
nullif percent_rank position pow quantile_cont quantile_disc random range rank regexp_extract regexp_matches regexp_replace repeat replace reverse right round row_number rpad rtrim
sign split_part sqrt starts_with stddev strftime string_agg string_split strptime struct_pack substr substring sum time_bucket to_timestamp trim trunc typeof unnest upper var_pop
variance week year yearweek`;

export const functions = names.trim().split(/\s+/).map((label) => ({ label, type: 'function', apply: `${label}(`, boost: -1 }));
