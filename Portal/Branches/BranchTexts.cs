using LakeAspire.Portal.Display;
using LakeAspire.Portal.Lake;

namespace LakeAspire.Portal.Branches;

/// <summary>Branches in words and links.</summary>
internal static class BranchTexts
{
    public static string Link(string branch, string? tab = null) => $"branches?branch={Uri.EscapeDataString(branch)}{(tab is null ? "" : $"&tab={tab}")}";

    public static string Name(string? ns, string name) => TableName.Text(ns, name);

    /// <summary>10 and 12: 10 → 12.</summary>
    public static string Change(long? before, long? after, Func<long?, string> text) => (before, after) switch
    {
        (null, null) => "",
        (null, _) => text(after),
        (_, null) => $"{text(before)} → none",
        _ when before == after => text(after),
        _ => $"{text(before)} → {text(after)}",
    };

    public static string Words(MergeStep step) => step switch
    {
        { RenamedFrom: { } from, Action: "rename" } => $"renamed from {from}",
        { RenamedFrom: { } from } => $"{Words(step.Action)}, renamed from {from}",
        _ => Words(step.Action),
    };

    static string Words(string action) => action switch
    {
        "fast" => "pointer moves",
        "rebase" => "appends on top",
        "create" => "created",
        "drop" => "dropped",
        "owner" => "new owner",
        _ => action,
    };

    public static string Rows(long? before, long? after) => Change(before, after, Format.Count);
}
