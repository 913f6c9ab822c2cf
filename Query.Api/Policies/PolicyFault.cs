using LakeAspire.Query.Resolution;

namespace LakeAspire.Query.Policies;

/// <summary>A policy cannot be applied. Why is for the log and for whoever sets it, not for whom it binds.</summary>
internal sealed class PolicyFault(ResolvedRule rule, string why) : Exception(why)
{
    /// <summary>The policy's name.</summary>
    public string Policy => rule.Name;
}
