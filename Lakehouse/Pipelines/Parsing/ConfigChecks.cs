using System.Text.RegularExpressions;
using Lakehouse.Jinja.Values;
using Lakehouse.Pipelines.Manifests;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>What values of configs must be.</summary>
internal static partial class ConfigChecks
{
    static readonly string[] Flags = ["enabled", "full_refresh", "store_failures", "quote_columns"];
    static readonly string[] Mappings = ["meta", "persist_docs", "quoting", "column_types", "grants", "docs", "contract", "snapshot_meta_column_names"];
    static readonly string[] Texts = ["materialized", "incremental_strategy", "on_schema_change", "on_configuration_change", "fail_calc", "warn_if", "error_if", "where", "store_failures_as", "delimiter", "strategy", "group"];

    /// <exception cref="PipelineException">A value is not what it must be.</exception>
    public static void Check(ResourceType type, JinjaDict config, string file, int line)
    {
        foreach (var (key, value) in config.Entries)
        {
            if (key is not string name || value is null)
            {
                continue;
            }

            if (Flags.Contains(name) && value is not bool)
            {
                throw Fail(name, $"{Shown(value)} is not of type 'boolean'");
            }

            if (Mappings.Contains(name) && value is not JinjaDict)
            {
                throw Fail(name, $"{Shown(value)} is not of type 'object'");
            }

            if (Texts.Contains(name) && value is not string)
            {
                throw Fail(name, $"{Shown(value)} is not of type 'string'");
            }

            if (name == "tags" && (value is JinjaDict || Dicts.Items(value).Any(t => t is not string)))
            {
                throw Fail(name, $"{(value is JinjaDict ? Text.Of(new JinjaList([value])) : Text.Of(value))} is not valid under any of the given schemas");
            }

            if (name == "unique_key" && (value is JinjaDict || Dicts.Items(value).Any(t => t is not string)))
            {
                throw Fail(name, $"{Shown(value)} is not valid under any of the given schemas");
            }

            if (name == "limit" && value is not long)
            {
                throw Fail(name, $"{Shown(value)} is not valid under any of the given schemas");
            }
        }

        if (type == ResourceType.Test && config.Get("severity") is { } severity && (severity is not string text || !Severity().IsMatch(text)))
        {
            throw Fail(null, $"Severity must be either 'warn' or 'error'. Got '{Text.Of(severity)}'");
        }

        var fixedKind = type switch { ResourceType.Seed => "seed", ResourceType.Test => "test", ResourceType.Snapshot => "snapshot", _ => null };
        if (fixedKind is not null && config.Get("materialized") is { } materialized && materialized is not string { Length: 0 } && !Equals(materialized, fixedKind))
        {
            throw Fail(null, $"A {fixedKind} must have a materialized value of '{fixedKind}'");
        }

        if (config.Get("contract") is JinjaDict contract && contract.Get("enforced") is true && config.Get("materialized") is "incremental"
            && config.Get("on_schema_change") is not ("append_new_columns" or "fail"))
        {
            throw Fail(
                null,
                $"Invalid value for on_schema_change: {Text.Of(config.Get("on_schema_change"))}. Models materialized as incremental with contracts enabled must set on_schema_change to 'append_new_columns' or 'fail'");
        }

        PipelineException Fail(string? key, string message) => new(PipelineErrorKind.Config, $"at path [{(key is null ? "" : $"'{key}'")}]: {message}", file, line);
    }

    /// <summary>What must hold once properties are in too.</summary>
    public static void CheckSnapshot(SnapshotNode snapshot)
    {
        var config = snapshot.Config;
        var strategy = config.Text("strategy");
        var columns = config.Get("check_cols");
        var message = string.IsNullOrEmpty(strategy) || config.UniqueKey.Count == 0 ? "Snapshots must be configured with a 'strategy' and 'unique_key'."
            : strategy == "check" && (columns is null || Dicts.Items(columns).Count == 0 || columns is "") ? "A snapshot configured with the check strategy must specify a check_cols configuration."
            : strategy == "check" && columns is string text && text != "all" ? $"Invalid value for 'check_cols': {text}. Expected 'all' or a list of strings."
            : strategy == "timestamp" && string.IsNullOrEmpty(config.Text("updated_at")) ? "A snapshot configured with the timestamp strategy must specify an updated_at configuration."
            : strategy == "timestamp" && Dicts.Items(columns).Count > 0 ? "A 'timestamp' snapshot should not have 'check_cols'"
            : null;
        if (message is not null)
        {
            throw new PipelineException(PipelineErrorKind.Config, message, snapshot.OriginalFilePath);
        }
    }

    static string Shown(object? value) => value is string text ? $"'{text}'" : Text.Of(value);

    [GeneratedRegex("^(?:warn|error)$", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex Severity();
}
