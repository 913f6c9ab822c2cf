using System.Text.Json.Serialization;

namespace LakeAspire.Portal.Access;

internal sealed record SignInLink(string Url, DateTimeOffset ExpiresAt);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SignInLink))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
[JsonSerializable(typeof(OpenIdAttempt))]
[JsonSerializable(typeof(Person))]
[JsonSerializable(typeof(PasswordSignIn))]
[JsonSerializable(typeof(ProviderSignIn))]
internal sealed partial class AccessJson : JsonSerializerContext;
