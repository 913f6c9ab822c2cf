using System.Globalization;
using System.Security.Cryptography;

namespace LakeAspire.Catalog.Access.People;

/// <summary>Digests of passwords: PBKDF2 with SHA-512 and a salt of their own, as <c>pbkdf2-sha512$rounds$salt$digest</c>. A few at a time, so that guessing takes the machine from nobody else.</summary>
internal static class Passwords
{
    const string Name = "pbkdf2-sha512";
    const int Rounds = 210_000;
    const int SaltBytes = 16;
    const int DigestBytes = 32;
    const int MinLength = 10;
    const int MaxLength = 256;

    static readonly SemaphoreSlim Turn = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>What is checked when there is nobody to check, so that it takes as long.</summary>
    static readonly string Nobody = string.Join('$', Name, Rounds.ToString(CultureInfo.InvariantCulture), Convert.ToBase64String(new byte[SaltBytes]), Convert.ToBase64String(new byte[DigestBytes]));

    /// <summary>The digest of a new password.</summary>
    /// <exception cref="ServiceDefaults.Errors.ApiException">400 when it is too short or too long.</exception>
    public static async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        if (password.Length is < MinLength or > MaxLength)
        {
            throw CatalogErrors.BadRequest($"a password has {MinLength} to {MaxLength} characters");
        }

        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        var digest = await DigestAsync(password, salt, Rounds, cancellationToken);
        return string.Join('$', Name, Rounds.ToString(CultureInfo.InvariantCulture), Convert.ToBase64String(salt), Convert.ToBase64String(digest));
    }

    /// <summary>Whether a password is the one; false, after as long, when there is no digest.</summary>
    public static async Task<bool> IsAsync(string password, string? stored, CancellationToken cancellationToken)
    {
        var parts = (stored ?? Nobody).Split('$');
        if (parts.Length != 4 || parts[0] != Name)
        {
            return false;
        }

        var presented = password.Length > MaxLength ? "" : password;
        var digest = await DigestAsync(presented, Convert.FromBase64String(parts[2]), int.Parse(parts[1], CultureInfo.InvariantCulture), cancellationToken);
        return CryptographicOperations.FixedTimeEquals(digest, Convert.FromBase64String(parts[3])) && stored is not null && presented.Length > 0;
    }

    static async Task<byte[]> DigestAsync(string password, byte[] salt, int rounds, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA512, DigestBytes), cancellationToken);
        }
        finally
        {
            Turn.Release();
        }
    }
}
