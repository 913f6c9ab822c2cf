namespace LakeAspire.Catalog.Signing;

/// <summary>RemoteSignRequest and S3SignRequest of the specification.</summary>
internal sealed record RemoteSignRequest(
    string? Region, string? Uri, string? Method, Dictionary<string, string[]>? Headers, Dictionary<string, string>? Properties, string? Body, string? Provider);

/// <summary>RemoteSignResult of the specification.</summary>
internal sealed record RemoteSignResult(string Uri, IReadOnlyDictionary<string, string[]> Headers);
