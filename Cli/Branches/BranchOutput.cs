using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using LakeAspire.Cli.Calls;
using LakeAspire.Cli.Terminal;
using Lakehouse.Formats;
using Lakehouse.Tables;

namespace LakeAspire.Cli.Branches;

/// <summary>What the commands of branches share.</summary>
internal static class BranchOutput
{
    static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs calls of the catalog; a refusal for lack of rights gets the exit code that other commands give it.</summary>
    public static async Task<int> RunAsync(LakeClient client, Func<CatalogClient, Task<int>> work)
    {
        using var http = client.OpenCatalog();
        try
        {
            return await work(new CatalogClient(http));
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Denied)
        {
            throw new CliException(ExitCodes.NotAuthorised, error.Message, error);
        }
        catch (LakehouseException error) when (error.Kind == LakehouseErrorKind.Unavailable)
        {
            throw new CliException(ExitCodes.NotReachable, $"{error.Message} Is LakeAspire running?", error);
        }
    }

    public static Task JsonAsync<T>(T value) => Console.Out.WriteLineAsync(JsonSerializer.Serialize(value, Options));

    public static string Name(string ns, string name) => DottedName.Within(ns, name);

    /// <summary>10 → 12 becomes "10 → 12"; what is not there is left out.</summary>
    public static string Change(long? before, long? after, Func<long?, string> text) => (before, after) switch
    {
        (null, null) => "",
        (null, _) => text(after),
        (_, null) => $"{text(before)} → –",
        _ when before == after => text(after),
        _ => $"{text(before)} → {text(after)}",
    };

    public static string Id(long? commit) => commit?.ToString(CultureInfo.InvariantCulture) ?? "";

    public static string Words(string action) => action switch
    {
        "fast" => "moves",
        "rebase" => "appends",
        _ => action,
    };

    /// <summary>Times as people write them: 90s, 30m, 12h, 7d.</summary>
    public static TimeSpan? Span(string text) =>
        text.Length > 1 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number > 0
            ? text[^1] switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), 'd' => TimeSpan.FromDays(number), _ => null }
            : null;
}
