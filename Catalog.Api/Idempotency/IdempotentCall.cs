namespace LakeAspire.Catalog.Idempotency;

/// <summary>A key that is taken together with a commit: the answer that the commit makes final.</summary>
internal sealed record KeyClaim(Guid Key, byte[] Fingerprint, int Status, string? Content, TimeSpan Lifetime);

/// <summary>A request that carries a key, while it is being served. Whatever it commits takes the key, wherever in the service that happens.</summary>
internal sealed class IdempotentCall(Guid key, byte[] fingerprint, int success, TimeSpan lifetime)
{
    static readonly AsyncLocal<IdempotentCall?> Ambient = new();

    /// <summary>The one that is being served here; null when the request has no key.</summary>
    public static IdempotentCall? Current
    {
        get => Ambient.Value;
        set => Ambient.Value = value;
    }

    public Guid Key => key;

    public byte[] Fingerprint => fingerprint;

    /// <summary>Status of its answer when all goes well.</summary>
    public int Success => success;

    /// <summary>Of that answer what cannot be told from the commit; JSON. Set before the commit.</summary>
    public string? Content { get; set; }

    /// <summary>Whether something was committed with the key.</summary>
    public bool IsClaimed { get; private set; }

    /// <summary>The key, for a commit.</summary>
    public KeyClaim Claim()
    {
        IsClaimed = true;
        return new KeyClaim(key, fingerprint, success, Content, lifetime);
    }
}
