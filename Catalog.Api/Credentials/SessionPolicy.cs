using System.Text.Json;

namespace LakeAspire.Catalog.Credentials;

/// <summary>What a session with a role's credentials may do: read, or read and write, below some locations of one bucket. Nobody may delete: that is signed one by one, once it is known that nothing needs the file.</summary>
internal static class SessionPolicy
{
    static readonly string[] Reads = ["s3:GetObject"];
    static readonly string[] Writes = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];

    /// <summary>The policy in AWS's form.</summary>
    public static string Of(string bucket, IReadOnlyList<string> prefixes, bool mayWrite)
    {
        var patterns = prefixes.Select(Literal).ToArray();
        var statements = new object[]
        {
            new { Effect = "Allow", Action = mayWrite ? Writes : Reads, Resource = patterns.Select(prefix => $"arn:aws:s3:::{bucket}/{prefix}/*").ToArray() },
            new
            {
                Effect = "Allow",
                Action = new[] { "s3:ListBucket" },
                Resource = new[] { $"arn:aws:s3:::{bucket}" },
                Condition = new { StringLike = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["s3:prefix"] = [.. patterns.Select(prefix => prefix + "/*")] } },
            },
        };
        return JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements });
    }

    /// <summary>A prefix in which nothing stands for something else; null when that cannot be said in a policy.</summary>
    public static bool CanSay(string prefix) => !prefix.Any(c => c is '*' or '?' or '$' or '"' || c < ' ');

    static string Literal(string prefix) => CanSay(prefix) ? prefix : throw new ArgumentException($"'{prefix}' has a character that policies take for a pattern", nameof(prefix));
}
