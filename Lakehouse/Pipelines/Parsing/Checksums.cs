using System.Security.Cryptography;
using System.Text;

namespace Lakehouse.Pipelines.Parsing;

/// <summary>Hashes of texts, as dbt makes them.</summary>
internal static class Checksums
{
    public static string Of(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
}
