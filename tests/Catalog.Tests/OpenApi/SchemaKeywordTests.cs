using System.Text.Json;
using LakeAspire.Conformance.Catalog;
using LakeAspire.Testing;

namespace LakeAspire.Catalog.Api.Tests.OpenApi;

/// <summary>Every word of a schema that the checker knows, each with a value that fits and one that does not.</summary>
public sealed class SchemaKeywordTests
{
    const string Animals = """
              discriminator: {propertyName: kind}
              oneOf: [{$ref: '#/components/schemas/cat'}, {$ref: '#/components/schemas/dog'}]
        """;

    const string Shared = """
        paths: {}
        components:
          schemas:
            text: {type: string}
            cat: {type: object, required: [kind], properties: {kind: {const: cat}}}
            dog: {type: object, required: [kind], properties: {kind: {const: dog}, barks: {type: boolean}}}
            root:

        """;

    [Theory]
    [InlineData("type: string", "\"a\"", "1")]
    [InlineData("type: number", "1.5", "\"1\"")]
    [InlineData("type: integer", "1.0", "1.5")]
    [InlineData("type: boolean", "true", "\"true\"")]
    [InlineData("type: [string, 'null']", "null", "1")]
    [InlineData("{type: string, nullable: true}", "null", "1")]
    [InlineData("type: string", "\"\"", "null")]
    [InlineData("{type: string, enum: [a, b]}", "\"b\"", "\"c\"")]
    [InlineData("{type: integer, enum: [1, 2]}", "2", "3")]
    [InlineData("const: a", "\"a\"", "\"b\"")]
    [InlineData("{type: boolean, const: true}", "true", "false")]
    [InlineData("{type: string, pattern: '^a+$'}", "\"aa\"", "\"ab\"")]
    [InlineData("{type: string, minLength: 2, maxLength: 3}", "\"ab\"", "\"a\"")]
    [InlineData("{type: string, minLength: 2, maxLength: 3}", "\"🤪🤪\"", "\"abcd\"")]
    [InlineData("{type: string, format: uuid}", "\"017F22E2-79B0-7CC3-98C4-DC0C0C07398F\"", "\"017F22E279B07CC398C4DC0C0C07398F\"")]
    [InlineData("{type: string, format: date}", "\"2026-02-28\"", "\"28.2.2026\"")]
    [InlineData("{type: string, format: date-time}", "\"2026-02-28T10:00:00Z\"", "\"2026-02-28\"")]
    [InlineData("{type: string, format: duration}", "\"P1DT2H\"", "\"1d\"")]
    [InlineData("{type: string, format: byte}", "\"AAE=\"", "\"AA E\"")]
    [InlineData("{type: string, format: uri}", "\"http://a/b\"", "\"a/b\"")]
    [InlineData("{type: integer, format: int32}", "2147483647", "2147483648")]
    [InlineData("{type: integer, format: int64}", "9223372036854775807", "9223372036854775808")]
    [InlineData("{type: number, format: float}", "1e38", "1e39")]
    [InlineData("{type: integer, minimum: 1, maximum: 3}", "3", "0")]
    [InlineData("{type: integer, minimum: 1, maximum: 3}", "1", "4")]
    [InlineData("{type: number, exclusiveMinimum: 1, exclusiveMaximum: 3}", "2", "1")]
    [InlineData("{type: number, exclusiveMinimum: 1, exclusiveMaximum: 3}", "2", "3")]
    [InlineData("{type: array, minItems: 1, maxItems: 2}", "[1]", "[]")]
    [InlineData("{type: array, minItems: 1, maxItems: 2}", "[1,2]", "[1,2,3]")]
    [InlineData("{type: array, uniqueItems: true}", "[{\"a\":1},{\"a\":2}]", "[{\"a\":1,\"b\":2},{\"b\":2,\"a\":1}]")]
    [InlineData("{type: array, items: {type: string}}", "[\"a\"]", "[\"a\",1]")]
    [InlineData("{type: object, minProperties: 1}", "{\"a\":1}", "{}")]
    [InlineData("{type: object, required: [a]}", "{\"a\":1}", "{\"b\":1}")]
    [InlineData("{type: object, properties: {a: {type: string}}}", "{\"a\":\"\",\"b\":1}", "{\"a\":1}")]
    [InlineData("{type: object, properties: {a: {}}, additionalProperties: false}", "{\"a\":1}", "{\"b\":1}")]
    [InlineData("{type: object, additionalProperties: {type: string}}", "{\"a\":\"\"}", "{\"a\":1}")]
    [InlineData("{allOf: [{type: integer}, {minimum: 3}]}", "3", "2")]
    [InlineData("{anyOf: [{type: integer}, {type: string}]}", "\"a\"", "true")]
    [InlineData("{anyOf: [{type: integer}, {type: string}]}", "1", "null")]
    [InlineData("{oneOf: [{type: integer}, {type: number, minimum: 5}]}", "3", "6")]
    [InlineData("{oneOf: [{type: integer}, {type: string}]}", "3", "true")]
    [InlineData("{type: integer, not: {minimum: 5}}", "3", "6")]
    [InlineData("{$ref: '#/components/schemas/text', maxLength: 2}", "\"ab\"", "\"abc\"")]
    [InlineData("{$ref: '#/components/schemas/text', maxLength: 2}", "\"a\"", "1")]
    [InlineData(Animals, "{\"kind\":\"dog\",\"barks\":true}", "{\"kind\":\"dog\",\"barks\":1}")]
    [InlineData(Animals, "{\"kind\":\"cat\"}", "{\"kind\":\"cow\"}")]
    [InlineData(Animals, "{\"kind\":\"cat\"}", "{}")]
    public void A_word_tells_right_from_wrong(string schema, string right, string wrong)
    {
        var checker = Checker(schema, out var root);
        Assert.Empty(checker.Check(JsonElement.Parse(right), root));
        Assert.NotEmpty(checker.Check(JsonElement.Parse(wrong), root));
    }

    static SchemaChecker Checker(string schema, out object root)
    {
        using var folder = new TempFolder();
        var path = folder.Below("api.yaml");
        var nested = schema.Contains('\n', StringComparison.Ordinal) ? schema : "      " + schema;
        File.WriteAllText(path, Shared + nested);
        var document = OpenApiDocument.Load(path);
        root = document.Schema("root");
        return new SchemaChecker(document);
    }
}
