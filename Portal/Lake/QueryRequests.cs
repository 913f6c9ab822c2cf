using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using LakeAspire.Portal.Sql;

namespace LakeAspire.Portal.Lake;

/// <summary>Requests to <c>POST /sql</c>.</summary>
internal static class QueryRequests
{
    public static HttpRequestMessage Create(string sql, string accept, int? maxRows, LakePoint? point = null, bool explain = false)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "sql" + (point ?? LakePoint.Now).ToQuery(explain)) { Content = new StringContent(sql, Encoding.UTF8, "text/plain") };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(accept));
        if (maxRows is { } rows)
        {
            request.Headers.Add("Lake-Max-Rows", rows.ToString(CultureInfo.InvariantCulture));
        }

        return request;
    }

    /// <summary>A name in SQL, quoted whatever it is.</summary>
    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Quote(TableName table) => $"{Quote(table.Namespace)}.{Quote(table.Name)}";

    /// <summary>A name as people write it: quoted only where it must be.</summary>
    public static string Pretty(TableName table) => $"{Pretty(table.Namespace)}.{Pretty(table.Name)}";

    static string Pretty(string name) =>
        name.Length > 0 && (char.IsAsciiLetterLower(name[0]) || name[0] == '_') && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_') ? name : Quote(name);
}
