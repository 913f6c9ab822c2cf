using System.Globalization;
using System.Text;

namespace LakeAspire.Query.Explain;

/// <summary>A plan as text.</summary>
internal static class PlanText
{
    public static string Of(QueryPlanBody plan)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"branch {plan.Branch}{At(plan.Commit)}, as {plan.Principal}\n");
        foreach (var view in plan.Views)
        {
            text.Append(CultureInfo.InvariantCulture, $"view {view.Name}\n");
            Line(text, Elsewhere(plan, view.Branch, view.Commit));
            Line(text, view.Definer is null ? null : $"with the rights of {view.Definer}{(view.Hidden ? "; what it reads is not shown" : "")}");
            Line(text, Via(view.Through));
            Line(text, Policy(view.Policy));
        }

        foreach (var table in plan.Tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"table {table.Name}{(table.Kind == "delta" ? " (Delta)" : "")}\n");
            Line(text, Elsewhere(plan, table.Branch, table.Commit));
            Line(text, table.Version is null ? "empty" : table.Kind == "delta" ? Text($"version {table.Version}") : Text($"snapshot {table.Version}"));
            Line(text, Via(table.Through));
            Line(text, Policy(table.Policy));
            Line(text, table.Filter is null ? null : $"filter {table.Filter}");
            Line(text, table.Columns is { Count: > 0 } columns ? $"columns {string.Join(", ", columns)}" : null);
            Line(text, table.Files is { } files ? Text($"files {files.Kept} of {files.All}") + (table.Manifests is { } manifests ? Text($", manifests {manifests.Kept} of {manifests.All}") : "") : null);
        }

        return text.ToString();
    }

    /// <summary>A line about each table, as EXPLAIN gives them beside DuckDB's plan.</summary>
    public static IReadOnlyList<string> Notes(QueryPlanBody plan) =>
    [
        .. plan.Views.Select(view => $"{view.Name}: view{(view.Definer is null ? "" : $" with the rights of {view.Definer}")}{(Policy(view.Policy) is { } policy ? $", {policy}" : "")}"),
        .. plan.Tables.Select(table => $"{table.Name}: {string.Join(", ", new[] { Elsewhere(plan, table.Branch, table.Commit), table.Files is { } files ? Text($"files: {files.Kept} of {files.All}") : null, table.Manifests is { } manifests ? Text($"manifests: {manifests.Kept} of {manifests.All}") : null, Policy(table.Policy) }.OfType<string>())}"),
    ];

    static string? Elsewhere(QueryPlanBody plan, string branch, long? commit) => (branch, commit) == (plan.Branch, plan.Commit) ? null : $"from branch {branch}{At(commit)}";

    static string At(long? commit) => commit is null ? ", which has no commit" : Text($" at commit {commit}");

    static string? Via(IReadOnlyList<string>? views) => views is null ? null : $"through {string.Join(", ", views)}";

    static string? Policy(PolicyBody? policy) => policy is null ? null
        : string.Join("; ", new[] { policy.RowFilter ? "a row filter applies" : null, policy.Masked.Count > 0 ? $"masked: {string.Join(", ", policy.Masked)}" : null }.OfType<string>());

    static void Line(StringBuilder text, string? line)
    {
        if (!string.IsNullOrEmpty(line))
        {
            text.Append("  ").Append(line).Append('\n');
        }
    }

    static string Text(FormattableString text) => FormattableString.Invariant(text);
}
