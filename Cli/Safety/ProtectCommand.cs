using System.CommandLine;
using System.Net.Http.Json;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Installations;

namespace LakeAspire.Cli.Safety;

internal sealed record ProtectWish(bool Protected);

/// <summary><c>lake protect</c>.</summary>
internal static class ProtectCommand
{
    static readonly Argument<string> Name = new("name") { Description = "LAYER.TABLE, or a namespace: then all that is in it." };
    static readonly Option<bool> IsNamespace = new("--namespace") { Description = "The name with dots is that of a nested namespace." };
    static readonly Option<bool> Off = new("--off") { Description = "Lift the protection." };

    public static Command Create()
    {
        var command = new Command("protect", "Keeps a table, view or namespace from being dropped, purged and renamed, on every branch, until the protection is lifted.") { Name, Off, IsNamespace };
        CommandRunner.SetAction(command, RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, LakeClient client, CancellationToken cancellationToken)
    {
        var name = parsed.GetRequiredValue(Name);
        var route = TableNames.IsOne(name) && !parsed.GetValue(IsNamespace) ? TableNames.Route(name, "protection", branch: null) : new Uri($"api/namespaces/{Uri.EscapeDataString(name)}/protection", UriKind.Relative);
        using var request = new HttpRequestMessage(HttpMethod.Put, route) { Content = JsonContent.Create(new ProtectWish(!parsed.GetValue(Off)), CliJson.Default.ProtectWish) };
        var answer = await client.SendAsync(Installation.Catalog, request, CliJson.Default.JsonElement, cancellationToken);
        var space = answer.TryGetProperty("byNamespace", out var by) ? by.GetString() : null;
        await Console.Out.WriteLineAsync(answer.GetProperty("protected").GetBoolean() ? $"{name} is protected{(space is null ? "" : $" by its namespace {space}")}" : $"{name} is not protected");
        return ExitCodes.Done;
    }
}
