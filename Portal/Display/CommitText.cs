namespace LakeAspire.Portal.Display;

/// <summary>What a commit says of itself.</summary>
internal static class CommitText
{
    /// <summary>The message, or what is said in its place: messages that name more than one may see are withheld.</summary>
    public static string Of(string? message) => string.IsNullOrEmpty(message) ? "A commit to more than you see" : message;
}
