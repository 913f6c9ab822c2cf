using System.Net;
using System.Text.RegularExpressions;

namespace LakeAspire.Portal.Tests.Access;

/// <summary>The hidden token of a page's forms.</summary>
internal static partial class Forms
{
    public static KeyValuePair<string, string> Antiforgery(string page) => new("__RequestVerificationToken", WebUtility.HtmlDecode(Token().Match(page).Groups["value"].Value));

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<value>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Token();
}
