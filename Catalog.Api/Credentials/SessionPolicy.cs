using System.Text.Json;

namespace LakeAspire.Catalog.Credentials;

/// <summary>
/// What a session with a role's credentials may do: read, or read and write, below some locations of one bucket. Nobody may delete: that is signed one by one, once it is known that nothing needs the file.
/// What only the catalog writes (metadata files) or publishes (Delta logs) no session writes. That any other file is not written over a policy can demand where the store knows the condition.
/// </summary>
internal static class SessionPolicy
{
    static readonly string[] Reads = ["s3:GetObject"];
    static readonly string[] Uploads = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"];
    static readonly string[] Put = ["s3:PutObject"];

    /// <summary>Files that the catalog and its services write alone: what a table is hangs on them.</summary>
    static readonly string[] Ours = ["*.metadata.json*", "*version-hint.text", "*_delta_log/*"];

    /// <summary>The policy in AWS's form.</summary>
    /// <param name="bucket">The bucket.</param>
    /// <param name="prefixes">The locations in it.</param>
    /// <param name="mayWrite">Whether files may be written.</param>
    /// <param name="onlyNew">Whether only such that are not there yet, which clients have to say with each upload.</param>
    public static string Of(string bucket, IReadOnlyList<string> prefixes, bool mayWrite, bool onlyNew = false)
    {
        var patterns = prefixes.Select(Literal).ToArray();
        string[] Below(string rest) => [.. patterns.Select(prefix => $"arn:aws:s3:::{bucket}/{prefix}/{rest}")];
        var statements = new List<object>
        {
            new { Effect = "Allow", Action = Reads, Resource = Below("*") },
            new
            {
                Effect = "Allow",
                Action = new[] { "s3:ListBucket" },
                Resource = new[] { $"arn:aws:s3:::{bucket}" },
                Condition = new { StringLike = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["s3:prefix"] = [.. patterns.Select(prefix => prefix + "/*")] } },
            },
        };
        if (mayWrite)
        {
            statements.Add(new { Effect = "Allow", Action = Uploads, Resource = Below("*") });
            statements.Add(new { Effect = "Deny", Action = Put, Resource = Ours.SelectMany(Below).ToArray() });
            if (onlyNew)
            {
                // The parts of an upload make no object: what completes it has to say that it makes a new one.
                statements.Add(new { Effect = "Allow", Action = Put, Resource = Below("*"), Condition = Null("false") });
                statements.Add(new { Effect = "Allow", Action = Put, Resource = Below("*"), Condition = new { Bool = new Dictionary<string, string>(StringComparer.Ordinal) { ["s3:ObjectCreationOperation"] = "false" } } });
            }
            else
            {
                statements.Add(new { Effect = "Allow", Action = Put, Resource = Below("*") });
            }
        }

        return JsonSerializer.Serialize(new { Version = "2012-10-17", Statement = statements });
    }

    static object Null(string isAbsent) => new { Null = new Dictionary<string, string>(StringComparer.Ordinal) { ["s3:if-none-match"] = isAbsent } };

    /// <summary>A prefix in which nothing stands for something else; null when that cannot be said in a policy.</summary>
    public static bool CanSay(string prefix) => !prefix.Any(c => c is '*' or '?' or '$' or '"' || c < ' ');

    static string Literal(string prefix) => CanSay(prefix) ? prefix : throw new ArgumentException($"'{prefix}' has a character that policies take for a pattern", nameof(prefix));
}
