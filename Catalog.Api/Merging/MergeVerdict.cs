namespace LakeAspire.Catalog.Merging;

/// <summary>What a merge does with one thing.</summary>
internal abstract record MergeVerdict
{
    MergeVerdict()
    {
    }

    /// <summary>The target has it already, or nothing happened on the source.</summary>
    internal sealed record Nothing : MergeVerdict
    {
        public static Nothing Instance { get; } = new();
    }

    /// <summary>The target's pointer becomes this.</summary>
    internal sealed record Moves(MergeObject Next) : MergeVerdict;

    /// <summary>The appends of the source go on top of the target, which gets this name and owner.</summary>
    /// <param name="Next">The target's state but for its rows.</param>
    /// <param name="Otherwise">What is done when the two sides did more than append.</param>
    internal sealed record Rebases(MergeObject Next, MergeVerdict Otherwise) : MergeVerdict;

    /// <summary>Nobody but people can say what should become of it.</summary>
    internal sealed record Conflicts(string Reason) : MergeVerdict;
}
