using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace LakeAspire.Hosting.Publishing;

/// <summary>The manifest's entry for a resource.</summary>
internal sealed class ManifestResourceWriter(DistributedApplicationExecutionContext execution, UriEncodings encodings, string folder)
{
    const string PostgresImage = "docker.io/library/postgres:18.3";
    const string PostgresDataTarget = "/var/lib/postgresql";

    public async Task<JsonObject?> WriteAsync(IResource resource, CancellationToken cancellationToken) => resource switch
    {
        ProjectResource project => await WriteProjectAsync(project, cancellationToken),
        PostgresServerResource server => await WriteServerAsync(server, cancellationToken),
        PostgresDatabaseResource database => new() { ["type"] = "value.v0", ["connectionString"] = Expression(database.ConnectionStringExpression) },
        ParameterResource parameter => WriteParameter(parameter),
        _ => throw new DistributedApplicationException($"The manifest has no form for '{resource.Name}' ({resource.GetType().Name}): add it only when the application is run, or exclude it."),
    };

    async Task<JsonObject> WriteProjectAsync(ProjectResource project, CancellationToken cancellationToken)
    {
        project.TryGetLastAnnotation<ProjectMetadataAnnotation>(out var annotation);
        var entry = new JsonObject { ["type"] = "project.v0", ["path"] = Path.GetRelativePath(folder, annotation!.Metadata.ProjectPath).Replace('\\', '/') };
        var arguments = await Running.EnvironmentResolver.ArgumentsOfAsync(project, cancellationToken);
        if (arguments.Count > 0)
        {
            entry["args"] = new JsonArray([.. arguments.Select(a => JsonValue.Create(a))]);
        }

        entry["env"] = await EnvironmentAsync(project, cancellationToken);
        AddBindings(entry, project);
        return entry;
    }

    async Task<JsonObject> WriteServerAsync(PostgresServerResource server, CancellationToken cancellationToken)
    {
        var entry = new JsonObject
        {
            ["type"] = "container.v0",
            ["connectionString"] = Expression(server.ConnectionStringExpression),
            ["image"] = PostgresImage,
        };
        if (server.TryGetLastAnnotation<Postgres.DataFolderAnnotation>(out var data))
        {
            entry[data.VolumeName is null ? "bindMounts" : "volumes"] = new JsonArray(new JsonObject
            {
                [data.VolumeName is null ? "source" : "name"] = data.VolumeName ?? Path.GetRelativePath(folder, data.Folder!),
                ["target"] = PostgresDataTarget,
                ["readOnly"] = data.IsReadOnly,
            });
        }

        entry["env"] = await EnvironmentAsync(server, cancellationToken);
        AddBindings(entry, server);
        return entry;
    }

    static JsonObject WriteParameter(ParameterResource parameter)
    {
        var input = new JsonObject { ["type"] = "string" };
        if (parameter.Secret)
        {
            input["secret"] = true;
        }

        if (parameter.Default is { } value)
        {
            input["default"] = new JsonObject { ["value"] = value.GetDefaultValue() };
        }

        return new() { ["type"] = "parameter.v0", ["value"] = $"{{{parameter.Name}.inputs.value}}", ["inputs"] = new JsonObject { ["value"] = input } };
    }

    async Task<JsonObject> EnvironmentAsync(IResource resource, CancellationToken cancellationToken)
    {
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        var context = new EnvironmentCallbackContext(execution, resource, values, cancellationToken);
        foreach (var annotation in resource.Annotations.OfType<EnvironmentCallbackAnnotation>().ToList())
        {
            await annotation.Callback(context);
        }

        return new JsonObject(values.Select(v => KeyValuePair.Create<string, JsonNode?>(v.Key, Expression(v.Value))));
    }

    string Expression(object value) => value switch
    {
        ReferenceExpression text => string.Format(System.Globalization.CultureInfo.InvariantCulture, text.Format, [.. text.ValueProviders.Select((part, i) => Encode(part, text.StringFormats[i]))]),
        IManifestExpressionProvider provider => provider.ValueExpression,
        _ => value.ToString() ?? "",
    };

    string Encode(object part, string? format) => format is "uri" ? encodings.Add(Expression(part)) : Expression(part);

    static void AddBindings(JsonObject entry, IResource resource)
    {
        var bindings = new JsonObject();
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var binding = new JsonObject
            {
                ["scheme"] = endpoint.UriScheme,
                ["protocol"] = endpoint.Protocol.ToString().ToLowerInvariant(),
                ["transport"] = endpoint.Transport,
            };
            if (endpoint.TargetPort is { } port)
            {
                binding["targetPort"] = port;
            }

            if (endpoint.IsExternal)
            {
                binding["external"] = true;
            }

            bindings[endpoint.Name] = binding;
        }

        if (bindings.Count > 0)
        {
            entry["bindings"] = bindings;
        }
    }
}
