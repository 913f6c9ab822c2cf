using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using LakeAspire.Catalog.Credentials;
using LakeAspire.Catalog.Metadata;
using Lakehouse.Formats.Iceberg;
using Microsoft.Net.Http.Headers;

namespace LakeAspire.Catalog.Iceberg;

/// <summary>Answers that hold a table: LoadTableResult and CommitTableResponse.</summary>
internal static class TableResponses
{
    /// <summary>Answers with a table.</summary>
    /// <param name="context">The request.</param>
    /// <param name="metadataLocation">Location of its metadata; null when it is staged only.</param>
    /// <param name="metadata">Its metadata.</param>
    /// <param name="refsOnly">Whether snapshots that no branch and no tag refers to are left out.</param>
    /// <param name="isCommit">Whether it answers a commit, which gives no configuration.</param>
    /// <param name="delegation">Finds how the client reaches the table's files.</param>
    public static async Task WriteAsync(
        HttpContext context, string? metadataLocation, TableMetadata metadata, bool refsOnly = false, bool isCommit = false, Func<Task<Delegation>>? delegation = null)
    {
        if (metadataLocation is not null)
        {
            var tag = TagOf(metadataLocation, refsOnly);
            context.Response.Headers.ETag = tag;
            if (HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.IfNoneMatch.Any(value => Matches(value, tag)))
            {
                context.Response.StatusCode = StatusCodes.Status304NotModified;
                return;
            }
        }

        var referenced = metadata.Refs.Values.Select(reference => reference.SnapshotId).ToHashSet();
        var shown = refsOnly ? metadata with { Snapshots = metadata.Snapshots.Where(snapshot => referenced.Contains(snapshot.SnapshotId)).ToList() } : metadata;
        var delegated = delegation is null ? Delegation.None : await delegation();
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        if (metadataLocation is not null)
        {
            json.WriteString("metadata-location", metadataLocation);
        }

        json.WritePropertyName("metadata");
        if (!refsOnly && metadataLocation is not null && context.RequestServices.GetRequiredService<MetadataFiles>().TextOf(metadataLocation) is { } text)
        {
            json.WriteRawValue(text.Span, skipInputValidation: true);
        }
        else
        {
            TableMetadataJson.Write(json, shown);
        }

        if (!isCommit)
        {
            delegated.Write(json);
        }

        json.WriteEndObject();
        await json.FlushAsync(context.RequestAborted);
    }

    /// <summary>Metadata files are immutable: the location is the version. Its digest is shown, so that no character of a path has to be quoted.</summary>
    static string TagOf(string metadataLocation, bool refsOnly) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(metadataLocation)))[..32]}{(refsOnly ? "-refs" : "")}\"";

    static bool Matches(string? header, string tag) =>
        header is not null && (header == "*" || (EntityTagHeaderValue.TryParseList([header], out var tags) && tags.Any(candidate => candidate.Tag.Value == tag)));
}
