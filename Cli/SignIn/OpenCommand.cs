using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;
using LakeAspire.Cli.Terminal;

namespace LakeAspire.Cli.SignIn;

/// <summary><c>lake open</c>.</summary>
internal static class OpenCommand
{
    static readonly Option<bool> NoBrowser = new("--no-browser") { Description = "Only print the link." };

    public static Command Create()
    {
        var command = new Command("open", "Makes a link that signs in to the portal, and opens it.") { NoBrowser };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("api/signin-links", UriKind.Relative));
        var link = await client.SendAsync(Installation.Portal, request, CliJson.Default.SignInLink, cancellationToken);
        await Console.Out.WriteLineAsync(link.Url);
        await Console.Error.WriteLineAsync($"(works once, until {Texts.Time(link.ExpiresAt)})");
        if (!parsed.GetValue(NoBrowser) && !Console.IsOutputRedirected)
        {
            Open(link.Url);
        }

        return ExitCodes.Done;
    }

    /// <summary>Where there is a desktop; that it doesn't open is no failure, since the link is printed.</summary>
    static void Open(string url)
    {
        var (program, arguments) = OperatingSystem.IsMacOS() ? ("open", [url])
            : OperatingSystem.IsWindows() ? ("rundll32", ["url.dll,FileProtocolHandler", url])
            : ("xdg-open", (string[])[url]);
        var desktop = !OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("DISPLAY") is { Length: > 0 } || Environment.GetEnvironmentVariable("WAYLAND_DISPLAY") is { Length: > 0 };
        if (!desktop)
        {
            return;
        }

        try
        {
            var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
            foreach (var argument in arguments)
            {
                start.ArgumentList.Add(argument);
            }

            using var process = Process.Start(start);
        }
        catch (Win32Exception)
        {
            // No such program here.
        }
    }
}
