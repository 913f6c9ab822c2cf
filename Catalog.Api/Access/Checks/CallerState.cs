namespace LakeAspire.Catalog.Access.Checks;

/// <summary>A principal with all that it may do, as of one version of access.</summary>
/// <param name="Groups">Names of the groups and roles that it is in, directly or not.</param>
internal sealed record CallerState(Guid Id, string Kind, string Name, bool IsEnabled, bool IsAdministrator, IReadOnlyList<Guid> Memberships, IReadOnlySet<string> Groups, Rights Rights)
{
    public Caller ToCaller() => new(Id, Name, IsAdministrator, Memberships);
}

/// <summary>What a token or key hangs on: valid until it ends or is taken back.</summary>
internal sealed record CredentialState(Guid Id, Guid PrincipalId, byte[]? Hash, DateTimeOffset? ExpiresAt, bool IsRevoked)
{
    public bool IsValid(DateTimeOffset now) => !IsRevoked && (ExpiresAt is not { } end || end > now);
}
