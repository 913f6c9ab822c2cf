using System.Globalization;
using System.Text.Json;
using Lakehouse.Jinja;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>The config that a resource has when nothing is said, key by key as dbt writes them; null is "not set".</summary>
internal static class ConfigDefaults
{
    public static JinjaDict Of(ResourceType type) => type switch
    {
        ResourceType.Source => Dicts.Of(
            ("enabled", true), ("event_time", null), ("freshness", Dicts.Of(("warn_after", Age()), ("error_after", Age()), ("filter", null))), ("loaded_at_field", null),
            ("loaded_at_query", null), ("meta", new JinjaDict()), ("tags", new JinjaList([]))),
        ResourceType.Exposure => Dicts.Of(("enabled", true), ("tags", new JinjaList([])), ("meta", new JinjaDict())),
        ResourceType.UnitTest => Dicts.Of(("tags", new JinjaList([])), ("meta", new JinjaDict()), ("enabled", true)),
        ResourceType.Metric or ResourceType.SemanticModel or ResourceType.SavedQuery => Dicts.Of(("enabled", true), ("group", null), ("meta", new JinjaDict())),
        ResourceType.Test => Dicts.Of(
            ("enabled", true), ("alias", null), ("schema", "dbt_test__audit"), ("database", null), ("tags", new JinjaList([])), ("meta", new JinjaDict()), ("group", null),
            ("materialized", "test"), ("severity", "ERROR"), ("store_failures", null), ("store_failures_as", null), ("where", null), ("limit", null), ("fail_calc", "count(*)"),
            ("warn_if", "!= 0"), ("error_if", "!= 0")),
        _ => Node(type),
    };

    static JinjaDict Age() => Dicts.Of(("count", null), ("period", null));

    static JinjaDict Node(ResourceType type)
    {
        var config = Dicts.Of(
            ("enabled", true), ("alias", null), ("schema", null), ("database", null), ("tags", new JinjaList([])), ("meta", new JinjaDict()), ("group", null),
            ("materialized", type switch { ResourceType.Seed => "seed", ResourceType.Snapshot => "snapshot", _ => "view" }),
            ("incremental_strategy", null), ("batch_size", null), ("lookback", 1L), ("begin", null), ("persist_docs", new JinjaDict()), ("post-hook", new JinjaList([])),
            ("pre-hook", new JinjaList([])), ("quoting", new JinjaDict()), ("column_types", new JinjaDict()), ("full_refresh", null), ("unique_key", null),
            ("on_schema_change", "ignore"), ("on_configuration_change", "apply"), ("grants", new JinjaDict()), ("packages", new JinjaList([])),
            ("docs", Dicts.Of(("show", true), ("node_color", null))), ("contract", Dicts.Of(("enforced", false), ("alias_types", true))), ("event_time", null), ("concurrent_batches", null));
        switch (type)
        {
            case ResourceType.Model:
                config.Set("access", "protected");
                config.Set("freshness", null);
                break;
            case ResourceType.Seed:
                config.Set("delimiter", ",");
                config.Set("quote_columns", null);
                break;
            case ResourceType.Snapshot:
                config.With(Dicts.Of(
                    ("strategy", null), ("target_schema", null), ("target_database", null), ("updated_at", null), ("check_cols", null),
                    ("snapshot_meta_column_names", MetaColumns()), ("dbt_valid_to_current", null)));
                break;
        }

        return config;
    }

    static JinjaDict MetaColumns() => Dicts.Of(("dbt_valid_to", null), ("dbt_valid_from", null), ("dbt_scd_id", null), ("dbt_updated_at", null), ("dbt_is_deleted", null));

    /// <summary>Brings values into their final form: hooks as mappings, one of the two keys of stored failures by the other, all names of meta columns.</summary>
    public static void Finish(ResourceType type, JinjaDict config)
    {
        foreach (var key in new[] { "pre-hook", "post-hook" })
        {
            if (config.TryGet(key, out var hooks))
            {
                config.Set(key, new JinjaList([.. Dicts.Items(hooks).Where(h => h is not null).Select(HookOf)]));
            }
        }

        if (config.Get("incremental_strategy") is "microbatch" && config.Get("begin") is string begin
            && DateTime.TryParse(begin, CultureInfo.InvariantCulture, DateTimeStyles.None, out var start))
        {
            config.Set("begin", start.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        }

        if (type == ResourceType.Test)
        {
            if (config.Get("store_failures_as") is { } kept)
            {
                config.Set("store_failures", kept is not "ephemeral");
            }
            else if (config.Get("store_failures") is bool store)
            {
                config.Set("store_failures_as", store ? "table" : "ephemeral");
            }
        }

        if (type == ResourceType.Snapshot && config.Get("snapshot_meta_column_names") is JinjaDict names)
        {
            config.Set("snapshot_meta_column_names", MetaColumns().With(names));
        }

        if (config.Get("contract") is JinjaDict contract)
        {
            config.Set("contract", Dicts.Of(("enforced", false), ("alias_types", true)).With(contract));
        }

        if (config.Get("docs") is JinjaDict docs)
        {
            config.Set("docs", Dicts.Of(("show", true), ("node_color", null)).With(docs));
        }
    }

    /// <summary>A hook as dbt takes it: a mapping, a mapping in JSON, or SQL.</summary>
    static JinjaDict HookOf(object? hook)
    {
        if (hook is JinjaDict dict)
        {
            return Dicts.Of(("sql", null), ("transaction", true), ("index", null)).With(dict);
        }

        var text = Text.Of(hook);
        try
        {
            if (text.TrimStart().StartsWith('{') && !text.TrimStart().StartsWith("{{", StringComparison.Ordinal) && !text.TrimStart().StartsWith("{%", StringComparison.Ordinal) && Json.Read(text) is JinjaDict json)
            {
                return Dicts.Of(("sql", null), ("transaction", true), ("index", null)).With(json);
            }
        }
        catch (JsonException)
        {
            // No JSON: SQL.
        }

        return Dicts.Of(("sql", text), ("transaction", true), ("index", null));
    }
}
