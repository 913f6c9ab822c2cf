using System.Net;
using LakeAspire.Portal.Tests.Access;

namespace LakeAspire.Portal.Tests.Downloads;

public class SqlDownloadTests(SharedPortal shared)
{
    static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_whole_result_comes_as_csv()
    {
        using var answer = await DownloadAsync("select * from range(25000)");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal("attachment; filename=\"result.csv\"", answer.Content.Headers.ContentDisposition?.ToString());
        var lines = (await answer.Content.ReadAsStringAsync(Cancelled)).TrimEnd().Split("\r\n");
        Assert.Equal(25_001, lines.Length);
        Assert.Equal("range,label", lines[0]);
        Assert.Equal("24999,row 24999", lines[^1]);
    }

    [Fact]
    public async Task What_breaks_off_is_not_taken_for_the_whole()
    {
        using var answer = await DownloadAsync("select * from range(25000) -- broken");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(Cancelled));
    }

    [Fact]
    public async Task A_wrong_statement_says_what_is_wrong()
    {
        using var answer = await DownloadAsync("selec 1");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("syntax error at or near", await answer.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_form_s_token_nothing_is_run()
    {
        using var client = await shared.Portal.SignedInAsync();
        using var answer = await client.PostAsync("/download/sql", new FormUrlEncodedContent([new("sql", "select 1 as unasked")]), Cancelled);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.DoesNotContain(shared.Lake.State.Queries.Keys, sql => sql.Contains("unasked", StringComparison.Ordinal));
    }

    async Task<HttpResponseMessage> DownloadAsync(string sql)
    {
        var client = await shared.Portal.SignedInAsync();
        var page = await client.GetStringAsync("/sql", Cancelled);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/download/sql") { Content = new FormUrlEncodedContent([Forms.Antiforgery(page), new("sql", sql)]) };
        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancelled);
    }
}
