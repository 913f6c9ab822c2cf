namespace LakeAspire.Portal.Access;

/// <summary>Where the parts of a page lead when they find that the session is over: whichever finds it first, the form says the same.</summary>
internal sealed class Leaving
{
    /// <summary>The address of the sign-in form.</summary>
    public string Address { get; private set; } = SignInEndpoints.Path;

    /// <summary>The session is about to end because its person gets another password.</summary>
    public void ForANewPassword() => Address = SignInEndpoints.Path + "?changed=true";

    /// <summary>It does not end after all.</summary>
    public void NotYet() => Address = SignInEndpoints.Path;
}
