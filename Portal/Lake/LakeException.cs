namespace LakeAspire.Portal.Lake;

public enum LakeErrorKind
{
    /// <summary>The service does not answer.</summary>
    NotReachable,

    /// <summary>What was asked for does not exist.</summary>
    NotFound,

    /// <summary>The request is wrong, and the message says how.</summary>
    Refused,

    /// <summary>The service failed.</summary>
    Failed,
}

/// <summary>A service did not give what was asked for. The message is for people.</summary>
public sealed class LakeException(LakeErrorKind kind, string message, string? type = null, Exception? inner = null) : Exception(message, inner)
{
    public LakeErrorKind Kind => kind;

    /// <summary>The service's name for the kind of error, for instance <c>SqlSyntaxException</c>.</summary>
    public string? Type => type;
}
