using System.Text.Json;
using System.Text.Json.Nodes;
using LakeAspire.Conformance.Catalog;
using LakeAspire.Catalog.Api.Tests.Hosting;

namespace LakeAspire.Catalog.Api.Tests.OpenApi;

/// <summary>The checker that the other tests rely on finds what is wrong.</summary>
public sealed class SchemaCheckerTests
{
    const string Metadata = """
        {"format-version":2,"table-uuid":"u","location":"l","last-updated-ms":1,"last-sequence-number":34,"last-column-id":2,"current-schema-id":0,"properties":{"k":"v"},
         "schemas":[{"type":"struct","schema-id":0,"fields":[{"id":1,"name":"id","required":true,"type":"long","doc":"d"},
             {"id":2,"name":"tags","required":false,"type":{"type":"list","element-id":3,"element":"string","element-required":false}},
             {"id":4,"name":"m","required":false,"type":{"type":"map","key-id":5,"key":"string","value-id":6,"value":"double","value-required":true}}]}],
         "default-spec-id":0,"partition-specs":[{"spec-id":0,"fields":[{"source-id":1,"field-id":1000,"name":"id","transform":"bucket[4]"}]}],"last-partition-id":1000,
         "default-sort-order-id":1,"sort-orders":[{"order-id":1,"fields":[{"source-id":1,"transform":"identity","direction":"asc","null-order":"nulls-first"}]}],
         "current-snapshot-id":7,"refs":{"main":{"type":"branch","snapshot-id":7}},
         "snapshots":[{"snapshot-id":7,"sequence-number":34,"timestamp-ms":1,"manifest-list":"m","summary":{"operation":"append"},"schema-id":0}],
         "snapshot-log":[{"snapshot-id":7,"timestamp-ms":1}],"metadata-log":[{"metadata-file":"f","timestamp-ms":1}],
         "statistics":[{"snapshot-id":7,"statistics-path":"p","file-size-in-bytes":1,"file-footer-size-in-bytes":1,
             "blob-metadata":[{"type":"t","snapshot-id":7,"sequence-number":34,"fields":[1]}]}],
         "partition-statistics":[{"snapshot-id":7,"statistics-path":"p","file-size-in-bytes":1}]}
        """;

    const string LoadTable = """{"config":{"a":"b"},"storage-credentials":[{"prefix":"s3://","config":{"a":"b"}}],"metadata-location":"x","metadata":""" + Metadata + "}";

    public static TheoryData<string, string> Right => new()
    {
        { "LoadTableResult", LoadTable },
        { "LoadTableResult", """{"metadata-location":null,"metadata":""" + Metadata + "}" },
        { "ListTablesResponse", """{"identifiers":[{"namespace":["a","b"],"name":"t"}],"next-page-token":null}""" },
        { "CatalogConfig", """{"defaults":{},"overrides":{"prefix":"main"},"endpoints":["GET /v1/{prefix}/namespaces"],"idempotency-key-lifetime":"PT24H"}""" },
        { "TableUpdate", """{"action":"set-snapshot-ref","ref-name":"main","type":"branch","snapshot-id":1,"max-ref-age-ms":5}""" },
        { "TableRequirement", """{"type":"assert-ref-snapshot-id","ref":"main","snapshot-id":null}""" },
        { "Predicate", """{"type":"and","left":{"type":"eq","term":"a","value":1},"right":{"type":"not","child":{"type":"is-null","term":"b"}}}""" },
        { "ReportMetricsRequest", """{"report-type":"commit-report","table-name":"t","snapshot-id":1,"sequence-number":1,"operation":"append","metrics":{"m":{"unit":"count","value":1}}}""" },
    };

    [Theory]
    [MemberData(nameof(Right))]
    public void What_is_right_passes(string schema, string body) => Assert.Empty(Check(schema, body, isClosed: true));

    [Theory]
    [InlineData("IcebergErrorResponse", """{"error":{"message":"m","type":"t","code":404},"more":1}""", "$.more is not specified")]
    [InlineData("IcebergErrorResponse", """{"error":{"message":"m","type":"t"}}""", "$.error.code is missing")]
    [InlineData("IcebergErrorResponse", """{"error":{"message":"m","type":"t","code":200}}""", "$.error.code is out of range")]
    [InlineData("IcebergErrorResponse", """{"error":{"message":"m","type":"t","code":"404"}}""", "$.error.code is no integer")]
    [InlineData("IcebergErrorResponse", """{"error":null}""", "$.error is no object")]
    [InlineData("ListTablesResponse", """{"identifiers":[{"namespace":["a"],"name":"t"},{"name":"t","namespace":["a"]}]}""", "$.identifiers has an item twice")]
    [InlineData("ListTablesResponse", """{"identifiers":[{"namespace":"a","name":"t"}]}""", "$.identifiers[0].namespace is no array")]
    [InlineData("ListTablesResponse", """{"identifiers":[{"namespace":["a"],"name":null}]}""", "$.identifiers[0].name is no string")]
    [InlineData("ListTablesResponse", """{"identifiers":[],"next-page-token":5}""", "$.next-page-token is no string")]
    [InlineData("CatalogConfig", """{"defaults":{},"overrides":{"a":1}}""", "$.overrides.a is no string")]
    [InlineData("CatalogConfig", """{"defaults":{},"overrides":{},"idempotency-key-lifetime":"24 hours"}""", "$.idempotency-key-lifetime is no duration")]
    [InlineData("TableUpdate", """{"action":"paint-it-black"}""", "paint-it-black")]
    [InlineData("TableUpdate", """{"action":"assign-uuid"}""", "$.uuid is missing")]
    [InlineData("TableUpdate", """{"action":"set-snapshot-ref","ref-name":"main","type":"twig","snapshot-id":1}""", "twig")]
    [InlineData("TableRequirement", """{"type":"assert-ref-snapshot-id","ref":"main"}""", "$.snapshot-id is missing")]
    [InlineData("TableRequirement", """{"type":"assert-nothing"}""", "assert-nothing")]
    [InlineData("TableRequirement", """{"uuid":"x"}""", "$.type is missing")]
    [InlineData("UUIDTypeValue", "\"017F22E2-79B0-7CC3-98C4-DC0C0C07398F\"", "does not match")]
    [InlineData("UUIDTypeValue", "\"017f22e2\"", "too short")]
    [InlineData("DateTypeValue", "\"2026-02-30\"", "is no date")]
    [InlineData("LongTypeValue", "1.5", "is no integer")]
    [InlineData("LongTypeValue", "99999999999999999999", "is no int64")]
    [InlineData("EncryptedKey", """{"key-id":"k","encrypted-key-metadata":"**"}""", "is no byte")]
    [InlineData("TrueExpression", """{"type":"false"}""", "not 'true'")]
    [InlineData("Predicate", """{"type":"and","left":true}""", "none of the alternatives")]
    [InlineData("Reference", """{"type":"reference","id":1,"more":1}""", "none of the alternatives")]
    [InlineData("OAuthError", """{"error":"broken"}""", "none of invalid_request")]
    [InlineData("SQLViewRepresentation", """{"type":"sql","sql":"select 1"}""", "$.dialect is missing")]
    [InlineData("ViewRepresentation", """{"type":"sql","sql":"select 1"}""", "$.dialect is missing")]
    [InlineData("Namespace", "null", "is no array")]
    public void What_is_wrong_is_found(string schema, string body, string named) => Assert.Contains(Check(schema, body), error => error.Contains(named.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal));

    [Theory]
    [InlineData("""{"metdata-location":"x"}""", "$.metdata-location is not specified")]
    [InlineData("""{"metadata":{"curent-schema-id":0}}""", "$.metadata.curent-schema-id is not specified")]
    [InlineData("""{"metadata":{"schemas":[{"type":"struct","fields":[],"schemaid":0}]}}""", "$.metadata.schemas[0].schemaid is not specified")]
    public void A_misspelt_member_of_an_answer_is_found(string change, string error)
    {
        var body = JsonNode.Parse(LoadTable)!.AsObject();
        Merge(body, JsonNode.Parse(change)!.AsObject());
        Assert.Empty(Check("LoadTableResult", body.ToJsonString()));
        Assert.Contains(error, Check("LoadTableResult", body.ToJsonString(), isClosed: true));
    }

    [Fact]
    public void Nothing_of_an_answer_can_be_replaced_by_what_it_is_not()
    {
        var body = JsonNode.Parse(LoadTable)!;
        var missed = new List<string>();
        foreach (var path in Places(body).Select(place => place.GetPath()).Where(path => path != "$").ToList())
        {
            var changed = JsonNode.Parse(LoadTable)!;
            var place = Places(changed).Single(p => p.GetPath() == path);
            var wrong = place is JsonArray ? JsonNode.Parse("""{"wrong":1}""") : JsonNode.Parse("""[[{"wrong":1}]]""");
            place.ReplaceWith(wrong);
            if (Check("LoadTableResult", changed.ToJsonString()).Count == 0)
            {
                missed.Add(path);
            }
        }

        Assert.Empty(missed);
    }

    [Fact]
    public void The_signer_refers_to_the_catalog()
    {
        var operation = Specification.Signer.Find("POST", "/v1/aws/s3/sign")!;
        var error = operation.Response(400)!.Body.Schemas["application/json"];
        Assert.Contains("$.error is missing", new SchemaChecker(Specification.Signer).Check(JsonElement.Parse("{}"), error));
        Assert.Contains("$.error.code is missing", new SchemaChecker(Specification.Signer).Check(JsonElement.Parse("""{"error":{"message":"m","type":"t"}}"""), error));
        Assert.Contains("$.method is \"BREW\", none of PUT, GET, HEAD, POST, DELETE, PATCH, OPTIONS", new SchemaChecker(Specification.Signer).Check(JsonElement.Parse("""{"region":"r","uri":"u","method":"BREW","headers":{}}"""), operation.Request!.Schemas["application/json"]));
    }

    [Fact]
    public void Literal_segments_win_over_parameters()
    {
        Assert.Equal("/v1/{prefix}/tables/rename", Specification.Catalog.Find("POST", "/v1/main/tables/rename")!.Template);
        Assert.Equal("/v1/{prefix}/namespaces/{namespace}/tables", Specification.Catalog.Find("GET", "/v1/main/namespaces/a%1Fb/tables")!.Template);
        Assert.Null(Specification.Catalog.Find("PUT", "/v1/main/namespaces/a/tables"));
        Assert.Null(Specification.Catalog.Find("GET", "/v1/main/namespaces//tables"));
    }

    static IReadOnlyList<string> Check(string schema, string body, bool isClosed = false) => new SchemaChecker(Specification.Catalog, isClosed).Check(JsonElement.Parse(body), Specification.Catalog.Schema(schema));

    static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (into[name] is JsonObject inner && value is JsonObject more)
            {
                Merge(inner, more);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }

    static IEnumerable<JsonNode> Places(JsonNode node) => node switch
    {
        JsonObject members => members.Select(m => m.Value).OfType<JsonNode>().SelectMany(Places).Prepend(node),
        JsonArray items => items.OfType<JsonNode>().SelectMany(Places).Prepend(node),
        _ => [node],
    };
}
