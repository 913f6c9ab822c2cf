namespace Lakehouse.Formats;

/// <summary>What kind of failure a <see cref="LakehouseException"/> reports. Closed: callers may switch over it.</summary>
public enum LakehouseErrorKind
{
    /// <summary>The input breaks its specification: truncated, malformed, or contradictory.</summary>
    InvalidData,

    /// <summary>The input is valid but uses a feature that is not supported; the message names the feature.</summary>
    Unsupported,

    /// <summary>A table, file or other named thing does not exist.</summary>
    NotFound,

    /// <summary>A thing of that name exists already.</summary>
    AlreadyExists,

    /// <summary>The state changed underneath: another writer was first.</summary>
    Conflict,

    /// <summary>The store or a service failed; the same call may succeed later.</summary>
    Unavailable,

    /// <summary>The caller is not allowed to do this.</summary>
    Denied,

    /// <summary>The outcome of a write is not known: it may or may not have happened.</summary>
    OutcomeUnknown,
}

/// <summary>The one exception type of the Lakehouse libraries.</summary>
public class LakehouseException(LakehouseErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What kind of failure this is.</summary>
    public LakehouseErrorKind Kind { get; } = kind;

    /// <summary>Whether the same call may succeed if it is made again.</summary>
    public bool IsTransient => Kind is LakehouseErrorKind.Unavailable;

    /// <summary>A failure because the input breaks its specification.</summary>
    public static LakehouseException InvalidData(string message, Exception? inner = null) => new(LakehouseErrorKind.InvalidData, message, inner);

    /// <summary>A refusal of a valid but unsupported feature, which <paramref name="message"/> names.</summary>
    public static LakehouseException Unsupported(string message) => new(LakehouseErrorKind.Unsupported, message);
}
