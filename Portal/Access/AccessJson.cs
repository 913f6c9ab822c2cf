using System.Text.Json.Serialization;

namespace LakeAspire.Portal.Access;

internal sealed record SignInLink(string Url, DateTimeOffset ExpiresAt);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SignInLink))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class AccessJson : JsonSerializerContext;
