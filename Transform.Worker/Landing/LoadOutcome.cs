namespace LakeAspire.Transform.Landing;

/// <summary>What became of a batch. Closed.</summary>
internal abstract record LoadOutcome
{
    private LoadOutcome()
    {
    }

    /// <summary>Its files are in the tables, each once, and gone from the landing zone.</summary>
    public sealed record Done : LoadOutcome;

    /// <summary>Nothing happened, or nobody knows: the same files, again, later.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record TryAgain(string Reason) : LoadOutcome;
}
