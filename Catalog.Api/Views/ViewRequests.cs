using System.Text.Json;
using LakeAspire.Catalog.Iceberg;

namespace LakeAspire.Catalog.Views;

internal sealed record CreateViewRequest(string? Name, string? Location, JsonElement Schema, JsonElement ViewVersion, Dictionary<string, string>? Properties);

internal sealed record CommitViewRequest(TableIdentifierBody? Identifier, JsonElement Requirements, JsonElement Updates);

internal sealed record RegisterViewRequest(string? Name, string? MetadataLocation);
