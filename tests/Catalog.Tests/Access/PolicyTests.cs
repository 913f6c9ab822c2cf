using System.Net;
using System.Text.Json.Nodes;
using LakeAspire.Catalog.Access;
using LakeAspire.Catalog.Access.Policies;
using LakeAspire.Catalog.Api.Tests.Hosting;
using LakeAspire.Testing;
using LakeAspire.Testing.Catalog;
using Lakehouse.Formats.Iceberg;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace LakeAspire.Catalog.Api.Tests.Access;

/// <summary>Row filters and masks: what may stand in one, whom they bind, and that no table goes out raw to those; and the audit log of all that.</summary>
public sealed class PolicyTests(SharedCatalog catalog) : IClassFixture<SharedCatalog>
{
    static PolicyColumns Columns => new(new Schema(0,
    [
        Field(1, "id", PrimitiveType.Long), Field(2, "region", PrimitiveType.String), Field(3, "mail", PrimitiveType.String), Field(4, "odd name", PrimitiveType.String), Field(5, "date", PrimitiveType.Date),
        Field(6, "address", new StructType([Field(7, "street", PrimitiveType.String), Field(8, "geo", new StructType([Field(9, "lat.deg", PrimitiveType.Double)]))])),
        Field(10, "tags", new ListType(11, new StructType([Field(12, "v", PrimitiveType.Int)]), ElementRequired: false)), Field(13, "props", new MapType(14, PrimitiveType.String, 15, PrimitiveType.String, ValueRequired: false)),
    ]));

    [Theory]
    [InlineData("region = 'EMEA'")]
    [InlineData("region IN ('a', 'it''s') AND id BETWEEN 1 AND 5 OR is_member('global')")]
    [InlineData("lower(mail) = caller()")]
    [InlineData("CASE WHEN is_member('support') THEN mail ELSE concat('***', right(mail, 4)) END")]
    [InlineData("\"odd name\" IS NOT DISTINCT FROM NULL")]
    [InlineData("CAST(id AS varchar) || '-' || region")]
    [InlineData("Address.street = current_user() AND address . geo.\"lat.deg\" > 1.5")]
    [InlineData("date < DATE '2026-01-01' AND tags IS NULL")]
    public void Expressions_over_the_row_and_the_caller_are_taken(string sql) => Assert.Null(PolicySql.Problem(sql, Columns));

    [Theory]
    [InlineData("")]
    [InlineData("id = (SELECT max(id) FROM secrets)")]
    [InlineData("id IN (FROM secrets)")]
    [InlineData("read_text('/etc/passwd') = ''")]
    [InlineData("getenv('HOME') = ''")]
    [InlineData("true; DROP TABLE x")]
    [InlineData("true -- and so on")]
    [InlineData("true /* and */")]
    [InlineData("true) OR (true")]
    [InlineData("(true")]
    [InlineData("secret = 1")]
    [InlineData("\"secret\" = 1")]
    [InlineData("is_member(region)")]
    [InlineData("caller")]
    [InlineData("mail = E'\\' OR true OR '")]
    [InlineData("mail = $$x$$")]
    [InlineData("mail = 'open")]
    [InlineData("id IS DISTINCT FROM (FROM secrets)")]
    [InlineData("extract(year FROM id) = 1")]
    [InlineData("address.zip = 1")]
    [InlineData("address.street.x = 1")]
    [InlineData("address.street.upper() = 'X'")]
    [InlineData("address.* = 1")]
    [InlineData("(address).street = 'x'")]
    [InlineData("tags.element.v = 1")]
    [InlineData("props.value = 'x'")]
    [InlineData("\"lower\"(mail) = 'x'")]
    [InlineData("current_user = 'x'")]
    public void Everything_else_is_refused(string sql) => Assert.NotNull(PolicySql.Problem(sql, Columns));

    [Theory]
    [InlineData("Region = 'x' AND address.Street = mail AND date > address.geo.\"lat.deg\"", "2 3 5 7 9")]
    [InlineData("CAST(id AS date) IS NULL", "1 5")]
    public void What_it_names_is_known_by_field_ids(string sql, string ids)
    {
        var columns = Columns;
        Assert.Null(PolicySql.Problem(sql, columns));
        Assert.Equal(ids, string.Join(' ', columns.Used.Select(field => field.Id).Order()));
        Assert.All(columns.Used.Where(field => field.Id == 7), field => Assert.Equal(["address", "street"], field.Path));
    }

    [Theory]
    [InlineData("tags.element.v", "only the whole column tags")]
    [InlineData("props.key", "only the whole column props")]
    [InlineData("mail.x", "mail is a string and has no fields")]
    [InlineData("address.zip", "a column that the table has not: address.zip")]
    public void A_mask_is_for_a_column_or_a_field_of_structs(string mask, string why)
    {
        Assert.Contains(why, Columns.ProblemOfMask(mask, out _), StringComparison.Ordinal);
        Assert.Null(Columns.ProblemOfMask("Address.geo", out var field));
        Assert.Equal((8, "address.geo"), (field!.Id, field.Text));
    }

    [Fact]
    public void The_caller_stands_in_it_as_literals()
    {
        var groups = new HashSet<string>(["it's"], StringComparer.Ordinal);
        Assert.Equal("mail = 'o''brien@x' OR TRUE OR FALSE", PolicySql.Bind("mail = caller() OR is_member('it''s') OR is_member('b')", "o'brien@x", groups));
        Assert.Equal("mail = 'caller()' AND \"odd name\" = 1", PolicySql.Bind("mail = 'caller()' AND \"odd name\" = 1", "x", groups));
    }

    [Fact]
    public async Task A_table_with_one_goes_out_raw_only_to_whom_it_does_not_bind()
    {
        var server = await catalog.EmptyAsync();
        await server.Service.CreateTablesAsync("gold", "people");
        var (bound, _, client) = await server.CreateServiceAsync();
        var (free, _, other) = await server.CreateServiceAsync();
        var group = await server.CreatePrincipalAsync("group");
        await server.User.SendAsync(HttpMethod.Put, $"api/groups/{group}/members/{free}", HttpStatusCode.NoContent);
        foreach (var name in (string[])[bound, free])
        {
            await server.GrantAsync(name, "modify", "gold");
        }

        await client.GetJsonAsync("iceberg/v1/namespaces/gold/tables/people");
        await client.SendAsync(HttpMethod.Put, "api/policies/gold/people", HttpStatusCode.Forbidden, """{"rowFilter":"id > 5"}""");
        await server.User.SendAsync(HttpMethod.Put, "api/policies/gold/people", HttpStatusCode.BadRequest, """{"rowFilter":"nothing > 5"}""");
        await server.User.SendAsync(HttpMethod.Put, "api/policies/gold/people", HttpStatusCode.Created, $$"""{"rowFilter":"id > 5 or caller() = 'x'","masks":{"id":"NULL"},"exempt":["{{group}}"]}""");
        string[] raw = ["iceberg/v1/namespaces/gold/tables/people", "api/tables/gold/people/files", "api/tables/gold/people/statistics", "api/tables/gold/people/partitions"];
        foreach (var path in raw)
        {
            await client.SendAsync(HttpMethod.Get, path, HttpStatusCode.Forbidden);
            await other.SendAsync(HttpMethod.Get, path, HttpStatusCode.OK);
            await server.User.SendAsync(HttpMethod.Get, path, HttpStatusCode.OK);
        }

        await client.SendAsync(HttpMethod.Post, "iceberg/v1/namespaces/gold/tables/people", HttpStatusCode.Forbidden, """{"requirements":[],"updates":[{"action":"set-properties","updates":{"k":"v"}}]}""");
        Assert.Equal(HttpStatusCode.OK, await client.StatusAsync("api/tables/gold/people"));
        Assert.True((await client.GetJsonAsync("api/access/check?namespace=gold&table=people"))["filtered"]!.GetValue<bool>());

        var access = server.Services.GetRequiredService<IAccess>();
        var id = Guid.Parse((await server.User.GetJsonAsync("api/tables/gold/people"))["id"]!.GetValue<string>());
        var policy = await access.PolicyAsync((await access.FindCallerAsync(bound, TestContext.Current.CancellationToken))!, id, TestContext.Current.CancellationToken);
        var one = Assert.Single(policy!.Policies);
        Assert.Equal(("id > 5 or '" + bound + "' = 'x'", "NULL", 1), (one.RowFilter, one.Masks["id"], one.Version));
        Assert.Equal(1, Assert.Single(one.Fields!).Id);
        Assert.Null(await access.PolicyAsync((await access.FindCallerAsync(free, TestContext.Current.CancellationToken))!, id, TestContext.Current.CancellationToken));

        await server.User.SendAsync(HttpMethod.Delete, "api/policies/gold/people", HttpStatusCode.NoContent);
        await client.GetJsonAsync("iceberg/v1/namespaces/gold/tables/people");
        await Until.TrueAsync(
            async () =>
            {
                var entries = (await server.User.GetJsonAsync("api/audit?securable=table%20gold.people&limit=200"))["entries"]!.AsArray();
                return entries.Any(e => Is(e!, "policy.set", "changed")) && entries.Any(e => Is(e!, "policy.remove", "changed"))
                    && entries.Any(e => Is(e!, "manage", "denied") && e!["principal"]!.GetValue<string>() == bound);
            },
            "the audit log has both changes, and who was refused");
    }

    [Fact]
    public async Task The_audit_log_is_only_ever_added_to()
    {
        var server = await catalog.EmptyAsync();
        var name = await server.CreatePrincipalAsync("user");
        var entries = (await server.User.GetJsonAsync($"api/audit?securable=user%20{name}"))["entries"]!.AsArray();
        Assert.Equal("principal.create", Assert.Single(entries)!["action"]!.GetValue<string>());
        await using var connection = new NpgsqlConnection(server.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        foreach (var sql in (string[])["UPDATE audit SET principal = 'x'", "DELETE FROM audit", "TRUNCATE audit"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
            Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_change_that_is_refused_leaves_no_entry_and_pages_reach_back()
    {
        var server = await catalog.EmptyAsync();
        var group = await server.CreatePrincipalAsync("group");
        await server.User.SendAsync(HttpMethod.Put, $"api/groups/{group}/members/{group}", HttpStatusCode.BadRequest);
        Assert.DoesNotContain((await server.User.GetJsonAsync($"api/audit?securable=group%20{group}"))["entries"]!.AsArray(), e => Is(e!, "member.add", "changed"));
        var seen = new List<long>();
        for (long? before = null; seen.Count == 0 || before is not null;)
        {
            var page = await server.User.GetJsonAsync("api/audit?limit=3&outcome=changed" + (before is { } id ? $"&before={id}" : ""));
            seen.AddRange(page["entries"]!.AsArray().Select(e => e!["id"]!.GetValue<long>()));
            before = page["next"]?.GetValue<long>();
        }

        Assert.Equal(seen.OrderDescending(), seen);
        Assert.Equal(seen.Count, seen.Distinct().Count());
    }

    static NestedField Field(int id, string name, IcebergType type) => new(id, name, Required: false, type);

    static bool Is(JsonNode entry, string action, string outcome) => entry["action"]!.GetValue<string>() == action && entry["outcome"]!.GetValue<string>() == outcome;
}
