using System.Net;
using LakeAspire.Testing;

namespace LakeAspire.Portal.Tests.Access;

public class SessionKeysTests(SharedPortal shared)
{
    [Theory]
    [InlineData(true, true, HttpStatusCode.OK)]
    [InlineData(false, true, HttpStatusCode.Unauthorized)]
    [InlineData(true, false, HttpStatusCode.Unauthorized)]
    public async Task A_session_outlives_a_restart_if_keys_are_kept_and_the_installation_is_the_same(bool kept, bool sameKey, HttpStatusCode expected)
    {
        using var folder = new TempFolder();
        var keys = folder.Below("portal-keys");
        (string, string)[] settings = kept ? [("Lake__Portal__KeysDirectory", keys)] : [];
        string cookie;
        await using (var portal = await RunningPortal.StartAsync(shared.Lake, settings))
        {
            using var client = portal.Client();
            using var answer = await client.PostAsync("/signin", RunningPortal.Token(await portal.SignInLinkAsync()), TestContext.Current.CancellationToken);
            cookie = answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        }

        if (kept && !OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(keys));
        }

        const string other = "another-key-of-the-same-length-0123456789";
        await using (var portal = await RunningPortal.StartAsync(shared.Lake, sameKey ? settings : [.. settings, ("Lake__Auth__UserKey", other)]))
        {
            using var client = portal.Client();
            var name = sameKey ? cookie : $"lake-session-{Portal.Access.Sessions.CookieSuffix(other)}={cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..]}";
            client.DefaultRequestHeaders.Add("Cookie", name);
            using var answer = await client.GetAsync("/api/endpoints", TestContext.Current.CancellationToken);
            Assert.Equal(expected, answer.StatusCode);
        }
    }
}
