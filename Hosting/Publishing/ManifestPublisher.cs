using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;

namespace LakeAspire.Hosting.Publishing;

/// <summary>Writes the application model as the manifest that deployment tools (azd) read: <c>--publisher manifest --output-path FILE</c>.</summary>
internal sealed class ManifestPublisher(DistributedApplicationModel model, DistributedApplicationExecutionContext execution, IConfiguration configuration)
{
    static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="DistributedApplicationException">The arguments do not say what to write, or where.</exception>
    public async Task PublishAsync(CancellationToken cancellationToken)
    {
        if (configuration["Publishing:Publisher"] is not "manifest")
        {
            throw new DistributedApplicationException($"There is no publisher '{configuration["Publishing:Publisher"]}'; the one there is is 'manifest'.");
        }

        var path = configuration["Publishing:OutputPath"] is { Length: > 0 } given
            ? Path.GetFullPath(given)
            : throw new DistributedApplicationException("The publisher 'manifest' needs a file to write: --output-path FILE.");
        if (Directory.Exists(path))
        {
            path = Path.Combine(path, "aspire-manifest.json");
        }

        var folder = Path.GetDirectoryName(path)!;
        var manifest = await CreateAsync(folder, cancellationToken);
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(path, manifest.ToJsonString(Format) + "\n", cancellationToken);
    }

    /// <summary>The manifest; paths in it are relative to its folder.</summary>
    public async Task<JsonObject> CreateAsync(string folder, CancellationToken cancellationToken)
    {
        var encodings = new UriEncodings();
        var writer = new ManifestResourceWriter(execution, encodings, folder);
        var resources = new JsonObject();
        foreach (var resource in model.Resources.Where(r => !r.TryGetLastAnnotation<ManifestExclusionAnnotation>(out _)))
        {
            if (await writer.WriteAsync(resource, cancellationToken) is { } entry)
            {
                resources[resource.Name] = entry;
            }
        }

        foreach (var (name, value) in encodings.Values)
        {
            resources[name] = new JsonObject { ["type"] = "annotated.string", ["value"] = value, ["filter"] = "uri" };
        }

        return new JsonObject { ["$schema"] = "https://json.schemastore.org/aspire-8.0.json", ["resources"] = resources };
    }
}

/// <summary>Values that are to be percent-encoded in the manifest become entries of their own there.</summary>
internal sealed class UriEncodings
{
    public SortedDictionary<string, string> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>The expression of the encoded value.</summary>
    public string Add(string expression)
    {
        // {postgres-password.value} → postgres-password-uri-encoded
        var name = expression.Trim('{', '}').Split('.')[0] + "-uri-encoded";
        Values[name] = expression;
        return $"{{{name}.value}}";
    }
}
