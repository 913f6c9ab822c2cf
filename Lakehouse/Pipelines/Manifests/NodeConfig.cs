using Lakehouse.Jinja.Values;

namespace Lakehouse.Pipelines.Manifests;

/// <summary>The config of a resource: dbt's defaults, then the project file, properties YAML and <c>config()</c>. Not changed once it is in a manifest.</summary>
/// <param name="values">Every key with its value, as values of templates; keys as dbt writes them (<c>pre-hook</c>).</param>
public sealed class NodeConfig(JinjaDict values)
{
    /// <summary>A config without entries.</summary>
    public static NodeConfig Empty { get; } = new(new JinjaDict());

    /// <summary>Every key with its value. Treat it as read-only.</summary>
    public JinjaDict Values => values;

    /// <summary>Whether the resource takes part; true unless it says otherwise.</summary>
    public bool Enabled => !values.TryGet("enabled", out var value) || value is not false;

    /// <summary>How a node is kept: <c>view</c>, <c>table</c>, <c>incremental</c>, <c>ephemeral</c>, <c>seed</c>, <c>snapshot</c>, <c>test</c> or the name of a custom one.</summary>
    public string Materialized => Text("materialized") ?? "view";

    /// <summary>Strategy of an incremental model; null for the default.</summary>
    public string? IncrementalStrategy => Text("incremental_strategy");

    /// <summary>What an incremental model does when columns change.</summary>
    public string OnSchemaChange => Text("on_schema_change") ?? "ignore";

    /// <summary>The columns of the unique key; empty without one.</summary>
    public IReadOnlyList<string> UniqueKey => Texts("unique_key");

    /// <summary>Tags.</summary>
    public IReadOnlyList<string> Tags => Texts("tags");

    /// <summary>Free facts.</summary>
    public JinjaDict Meta => values.TryGet("meta", out var meta) && meta is JinjaDict dict ? dict : new JinjaDict();

    /// <summary>Name of the group; null without one.</summary>
    public string? Group => Text("group");

    /// <summary>Whether the model's contract is enforced.</summary>
    public bool ContractEnforced => values.TryGet("contract", out var contract) && contract is JinjaDict dict && dict.TryGet("enforced", out var enforced) && enforced is true;

    /// <summary>Whether a full refresh is forced or forbidden; null when the command decides.</summary>
    public bool? FullRefresh => values.TryGet("full_refresh", out var value) ? value as bool? : null;

    /// <summary>SQL that runs before the node, in order.</summary>
    public IReadOnlyList<Hook> PreHooks => Hook.ListOf(values, "pre-hook");

    /// <summary>SQL that runs after the node, in order.</summary>
    public IReadOnlyList<Hook> PostHooks => Hook.ListOf(values, "post-hook");

    /// <summary>Severity of a test in upper case: <c>ERROR</c> or <c>WARN</c>.</summary>
    public string Severity => (Text("severity") ?? "ERROR").ToUpperInvariant();

    /// <summary>The text of an entry; null when it is missing or no text.</summary>
    public string? Text(string key) => values.TryGet(key, out var value) ? value as string : null;

    /// <summary>The value of an entry; null when it is missing.</summary>
    public object? Get(string key) => values.TryGet(key, out var value) ? value : null;

    /// <summary>The texts of an entry that is a list or a single text.</summary>
    public IReadOnlyList<string> Texts(string key) => Get(key) switch
    {
        string text => [text],
        JinjaList list => [.. list.Items.Select(Jinja.Values.Text.Of)],
        JinjaTuple tuple => [.. tuple.Items.Select(Jinja.Values.Text.Of)],
        _ => [],
    };
}

/// <summary>SQL that runs before or after a node.</summary>
/// <param name="Sql">The text: rendered when it runs.</param>
/// <param name="Transaction">Whether it runs in the node's transaction.</param>
public sealed record Hook(string Sql, bool Transaction)
{
    internal static IReadOnlyList<Hook> ListOf(JinjaDict values, string key) => values.TryGet(key, out var value) && value is JinjaList list
        ? [.. list.Items.OfType<JinjaDict>().Select(Of)]
        : [];

    static Hook Of(JinjaDict hook)
    {
        hook.TryGet("sql", out var sql);
        return new Hook(sql as string ?? "", !hook.TryGet("transaction", out var transaction) || transaction is not false);
    }
}
