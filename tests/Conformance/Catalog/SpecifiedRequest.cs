using System.Globalization;
using System.Text.Json;

namespace LakeAspire.Conformance.Catalog;

/// <summary>Holds a request against its operation: parameters of path, query and headers, and the body.</summary>
internal static class SpecifiedRequest
{
    /// <summary>What is wrong.</summary>
    public static async Task<IReadOnlyList<string>> CheckAsync(
        OpenApiDocument document, OpenApiOperation operation, HttpRequestMessage request, string path, CancellationToken cancellationToken)
    {
        var checker = new SchemaChecker(document);
        var errors = new List<string>();
        foreach (var (name, value) in operation.Values(path))
        {
            CheckParameter(name, "path", value);
        }

        foreach (var (name, value) in Query(request.RequestUri!))
        {
            CheckParameter(name, "query", value);
        }

        foreach (var parameter in operation.Parameters.Where(p => p.In == "header"))
        {
            if (request.Headers.TryGetValues(parameter.Name, out var values))
            {
                CheckParameter(parameter.Name, "header", string.Join(",", values));
            }
        }

        errors.AddRange(operation.Parameters.Where(p => p is { IsRequired: true, In: "query" }).Where(p => !Query(request.RequestUri!).Any(q => q.Name == p.Name)).Select(p => $"{p.Name} is missing in the query"));
        await CheckBodyAsync();
        return errors;

        void CheckParameter(string name, string place, string value)
        {
            if (operation.Parameters.FirstOrDefault(p => p.In == place && p.Name.Equals(name, place == "header" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)) is { } parameter)
            {
                errors.AddRange(checker.Check(Parse(value, document.Resolve(parameter.Schema)), parameter.Schema).Select(error => $"{place} {name}: {error}"));
            }
            else
            {
                errors.Add($"{place} {name} is not specified");
            }
        }

        async Task CheckBodyAsync()
        {
            var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            if (operation.Request is not { } specified)
            {
                if (body.Length > 0)
                {
                    errors.Add("the body is not specified");
                }

                return;
            }

            if (body.Length == 0)
            {
                if (specified.IsRequired)
                {
                    errors.Add("the body is missing");
                }

                return;
            }

            var type = request.Content!.Headers.ContentType?.MediaType ?? "";
            if (!specified.Schemas.TryGetValue(type, out var schema))
            {
                errors.Add($"content of type '{type}' is not specified");
                return;
            }

            errors.AddRange(checker.Check(type == "application/json" ? JsonElement.Parse(body) : Form(body), schema));
        }
    }

    static IEnumerable<(string Name, string Value)> Query(Uri uri) => uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
        .Select(pair => (Uri.UnescapeDataString(pair[0]), pair.Length > 1 ? Uri.UnescapeDataString(pair[1].Replace('+', ' ')) : ""));

    static JsonElement Form(string body) => JsonSerializer.SerializeToElement(
        Query(new Uri("http://form/?" + body)).GroupBy(pair => pair.Name, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal));

    /// <summary>The JSON that a parameter's text stands for (style "simple").</summary>
    static JsonElement Parse(string text, object schema) => SchemaValues.Types(schema) switch
    {
        ["array"] => JsonSerializer.SerializeToElement(text.Split(',').Select(item => item.Trim())),
        ["integer"] when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) => JsonSerializer.SerializeToElement(number),
        ["boolean"] when text is "true" or "false" => JsonSerializer.SerializeToElement(text == "true"),
        _ => JsonSerializer.SerializeToElement(text),
    };
}
