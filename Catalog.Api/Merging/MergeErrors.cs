using LakeAspire.ServiceDefaults.Errors;

namespace LakeAspire.Catalog.Merging;

/// <summary>The answer to a merge that can't be made.</summary>
internal static class MergeErrors
{
    const int Named = 5;

    public static ApiException Conflict(MergePlan plan)
    {
        var names = plan.Conflicts.Take(Named).Select(conflict => $"{MergeConflictBody.Of(conflict).Label}: {conflict.Reason}").ToList();
        var more = plan.Conflicts.Count > Named ? $"; and {plan.Conflicts.Count - Named} more" : "";
        return new ApiException(
            409,
            $"'{plan.Source.Ref.Text}' cannot be merged into '{plan.Target.Ref.Text}'. {string.Join("; ", names)}{more}",
            "MergeConflictException",
            new Dictionary<string, object?>(StringComparer.Ordinal) { ["conflicts"] = plan.Conflicts.Select(MergeConflictBody.Of).ToList() });
    }
}
