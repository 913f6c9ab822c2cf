namespace LakeAspire.Catalog.Access;

/// <summary>The one row whose number grows with every change of access: whoever caches rights asks for it, and whoever changes them locks it.</summary>
internal sealed class AccessVersionRow
{
    public int Id { get; set; }

    public long Version { get; set; }
}

/// <summary>Somebody who rights are given to. Never removed, since names stand in logs and as owners: a deleted one keeps its name for ever.</summary>
internal sealed class PrincipalRow
{
    public Guid Id { get; set; }

    /// <summary>user, service, group or role.</summary>
    public required string Kind { get; set; }

    public required string Name { get; set; }

    public string? DisplayName { get; set; }

    /// <summary>The OpenID Connect provider that a user signs in at, and what it calls the user.</summary>
    public string? Issuer { get; set; }

    public string? Subject { get; set; }

    /// <summary>Digest of a user's password, with its parameters.</summary>
    public string? Password { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public DateTimeOffset? DisabledAt { get; set; }

    public DateTimeOffset? DeletedAt { get; set; }
}

/// <summary>A member of a group or role.</summary>
internal sealed class MembershipRow
{
    public Guid GroupId { get; set; }

    public Guid MemberId { get; set; }

    public DateTimeOffset AddedAt { get; set; }

    public required string AddedBy { get; set; }
}

/// <summary>A privilege that a principal has on the lake, a namespace (levels joined by the unit separator), or a table or view.</summary>
internal sealed class GrantRow
{
    public long Id { get; set; }

    public Guid PrincipalId { get; set; }

    public required string Privilege { get; set; }

    public string? Namespace { get; set; }

    public Guid? TableId { get; set; }

    public string? Branch { get; set; }

    public DateTimeOffset GrantedAt { get; set; }

    public required string GrantedBy { get; set; }
}

/// <summary>An API key: a random secret of which only the digest is kept.</summary>
internal sealed class ApiKeyRow
{
    public Guid Id { get; set; }

    public Guid PrincipalId { get; set; }

    public required string Name { get; set; }

    public required byte[] Hash { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public required string CreatedBy { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>A key that tokens are signed with. The private part is sealed by a key of the installation, and removed when it signs no more.</summary>
internal sealed class SigningKeyRow
{
    public required string Id { get; set; }

    public required byte[] PublicKey { get; set; }

    public byte[]? PrivateKey { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Since when it signs no more.</summary>
    public DateTimeOffset? RetiredAt { get; set; }
}

/// <summary>A person who is signed in to the portal.</summary>
internal sealed class SignInSessionRow
{
    public Guid Id { get; set; }

    public Guid PrincipalId { get; set; }

    /// <summary>password or openid.</summary>
    public required string Method { get; set; }

    public string? Address { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset LastSeenAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
}

/// <summary>Failed sign-ins of one address, or of one user from one address.</summary>
internal sealed class SignInThrottleRow
{
    public required string Key { get; set; }

    public int Failures { get; set; }

    public DateTimeOffset Since { get; set; }

    public DateTimeOffset? BlockedUntil { get; set; }
}

/// <summary>A policy of a table: a row filter, column masks, or both, for some principals. A table may have several.</summary>
internal sealed class TablePolicyRow
{
    public Guid TableId { get; set; }

    public required string Name { get; set; }

    public int Version { get; set; }

    public string? RowFilter { get; set; }

    /// <summary>A JSON object: column to expression.</summary>
    public required string Masks { get; set; }

    /// <summary>A JSON array: the columns that the expressions name and the masked ones, by field id; null when they are not found yet.</summary>
    public string? Fields { get; set; }

    /// <summary>Whether Query.Api has bound the expressions to the columns.</summary>
    public bool Checked { get; set; }

    /// <summary>The principals that it binds; empty = everybody.</summary>
    public Guid[] Bound { get; set; } = [];

    /// <summary>The principals that it does not bind.</summary>
    public Guid[] Exempt { get; set; } = [];

    public DateTimeOffset UpdatedAt { get; set; }

    public required string UpdatedBy { get; set; }
}

/// <summary>A decision or a change. Rows are only ever added: the database refuses everything else.</summary>
internal sealed class AuditRow
{
    public long Id { get; set; }

    public DateTimeOffset At { get; set; }

    public Guid? PrincipalId { get; set; }

    public required string Principal { get; set; }

    /// <summary>What was asked or done: a privilege, or the name of a change such as <c>grant.add</c>.</summary>
    public required string Action { get; set; }

    /// <summary>allowed, denied or changed.</summary>
    public required string Outcome { get; set; }

    public required string Securable { get; set; }

    public string? Branch { get; set; }

    /// <summary>How often within the second; equal decisions that come together make one row.</summary>
    public int Count { get; set; }

    /// <summary>A JSON object.</summary>
    public required string Detail { get; set; }
}
