using System.Text.Encodings.Web;

namespace LakeAspire.Portal.Access;

/// <summary>The one page that is open to all. Plain HTML: it needs no circuit, and shows nothing of the lake.</summary>
internal static class SignInPage
{
    /// <summary>The form for users, and how the operator gets in.</summary>
    public static string Welcome(OpenIdOptions openId, string? problem = null, string? user = null, string? note = null) =>
        $"""
        <h1>Sign in</h1>
        {(note is null ? "" : $"<p role=\"status\">{HtmlEncoder.Default.Encode(note)}</p>")}
        {(problem is null ? "" : $"<p role=\"alert\" class=\"problem\">{HtmlEncoder.Default.Encode(problem)}</p>")}
        <form id="users" method="post" action="{SignInEndpoints.Path}/password">
        <label for="user">User</label>
        <input id="user" name="user" autocomplete="username" autocapitalize="none" spellcheck="false" required maxlength="128" value="{HtmlEncoder.Default.Encode(user ?? "")}">
        <label for="password">Password</label>
        <input id="password" name="password" type="password" autocomplete="current-password" required maxlength="256">
        <button type="submit">Sign in</button>
        </form>
        {(openId.IsConfigured ? $"<p class=\"or\">or</p><p><a class=\"provider\" href=\"{OpenIdEndpoints.Path}\">Sign in with {HtmlEncoder.Default.Encode(openId.Name)}</a></p>" : "")}
        <div class="operator">
        {Instructions}
        </div>
        """;

    public const string Instructions =
        """
        <p>Whoever started LakeAspire signs in with a one-time link, and makes the first users.</p>
        <p>The portal opens with a one-time link. Make one in the folder where LakeAspire was started:</p>
        <pre><code><span aria-hidden="true">$ </span>lake open</code></pre>
        <p class="or">or, from a clone of the repository:</p>
        <pre><code><span aria-hidden="true">$ </span>dotnet run --project Cli -- open</code></pre>
        <p class="note">A link is valid for ten minutes and works once. The link printed at the start of LakeAspire does the same.</p>
        """;

    /// <summary>Leads on from here, as a page of the portal's own.</summary>
    public const string Arrived =
        """
        <h1>You are signed in</h1>
        <p><a id="onward" href="/">Go to the portal</a></p>
        """;

    public const string Refused =
        """
        <h1>This link has been used</h1>
        <p role="alert">A sign-in link works once, and for ten minutes. This one was used before, or is too old.</p>
        <p>Make a new one:</p>
        <pre><code><span aria-hidden="true">$ </span>lake open</code></pre>
        """;

    public static string Exchange(string token) =>
        $"""
        <h1 id="signin-title">Signing you in</h1>
        <form id="signin" method="post" action="{SignInEndpoints.Path}">
        <input type="hidden" name="token" value="{HtmlEncoder.Default.Encode(token)}">
        <p class="wait" id="signin-wait" hidden><span class="spinner" aria-hidden="true"></span>One moment…</p>
        <button type="submit" id="signin-button">Continue</button>
        </form>
        <template id="signin-refused">{Refused}</template>
        """;

    public static IResult Result(string content, int status = StatusCodes.Status200OK) => Results.Content(
        $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>Sign in · LakeAspire</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml">
        <script src="/lib/theme.js"></script>
        <link rel="stylesheet" href="/lib/signin.css">
        <script src="/lib/signin.js" defer></script>
        </head>
        <body>
        <main>
        <p class="brand"><img src="/favicon.svg" alt="" width="28" height="28"> LakeAspire</p>
        <div id="signin-content">
        {content}
        </div>
        </main>
        </body>
        </html>
        """,
        "text/html; charset=utf-8",
        statusCode: status);
}
