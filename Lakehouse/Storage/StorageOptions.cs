using Lakehouse.Storage.Azure;
using Lakehouse.Storage.S3;

namespace Lakehouse.Storage;

/// <summary>Where a lake keeps its objects.</summary>
public sealed class StorageOptions
{
    /// <summary>Configuration section.</summary>
    public const string SectionName = "Lake:Storage";

    /// <summary>Location below which tables are kept, <c>file:///…</c>, <c>s3://bucket/…</c> or <c>az://container/…</c>. Required by services that read or write tables.</summary>
    public string Warehouse { get; set; } = "";

    /// <summary>Location of the landing zone, of the same schemes. Required by services that take data in.</summary>
    public string Landing { get; set; } = "";

    /// <summary>Absolute path of a local folder for spilling and other short-lived files. Required by services with an engine.</summary>
    public string Scratch { get; set; } = "";

    /// <summary>Absolute path of the folder in which files of a remote store are kept for reading. Empty: <c>cache</c> below <see cref="Scratch"/>, or, without one, below <c>lakeaspire</c> in the user's folder for local data. Services of one machine may share it.</summary>
    public string Cache { get; set; } = "";

    /// <summary>Bytes that the files in the cache may take together; default 32 GiB. A query that needs more than that at once is refused.</summary>
    public long CacheBytes { get; set; } = 32L << 30;

    /// <summary>How <c>s3:</c> locations are reached.</summary>
    public S3.S3Options S3 { get; set; } = new();

    /// <summary>How <c>az:</c> and <c>abfss:</c> locations are reached.</summary>
    public Azure.AzureOptions Azure { get; set; } = new();

    /// <summary>The folder of the cache.</summary>
    public string CacheFolder => Cache.Length > 0 ? Cache : Path.Combine(Scratch.Length > 0 ? Scratch : OwnFolder, "cache");

    /// <summary>A folder that no other user can put files into.</summary>
    static string OwnFolder => Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create) is { Length: > 0 } data
        ? Path.Combine(data, "lakeaspire")
        : Path.Combine(Path.GetTempPath(), $"lakeaspire-{Environment.UserName}");

    /// <summary>Everything that is wrong with these options, for a service that needs the ones named; empty when all is well.</summary>
    /// <param name="required">Names of the properties that must be set.</param>
    public IReadOnlyList<string> Problems(params string[] required)
    {
        var problems = new List<string>();
        Check(nameof(Warehouse), Warehouse, required, LocationProblem, problems);
        Check(nameof(Landing), Landing, required, LocationProblem, problems);
        Check(nameof(Scratch), Scratch, required, v => Path.IsPathFullyQualified(v) ? null : "is not an absolute path", problems);
        Check(nameof(Cache), Cache, required, v => Path.IsPathFullyQualified(v) ? null : "is not an absolute path", problems);
        if (CacheBytes < 64 << 20)
        {
            problems.Add($"{SectionName}:{nameof(CacheBytes)} is less than 64 MiB");
        }

        problems.AddRange(S3.Problems().Select(problem => $"{SectionName}:{nameof(S3)}:{problem}"));
        problems.AddRange(Azure.Problems().Select(problem => $"{SectionName}:{nameof(Azure)}:{problem}"));
        return problems;
    }

    static void Check(string name, string value, string[] required, Func<string, string?> problemOf, List<string> problems)
    {
        var problem = value.Length > 0 ? problemOf(value) : required.Contains(name) ? "is not set" : null;
        if (problem is not null)
        {
            problems.Add($"{SectionName}:{name} {problem}");
        }
    }

    /// <summary>Why a text is no location of a store; null when it is one.</summary>
    public static string? LocationProblem(string value)
    {
        try
        {
            if (S3Location.IsS3(value))
            {
                S3Location.BucketOf(value);
            }
            else if (AzureLocation.IsAzure(value))
            {
                AzureLocation.Parse(value);
            }
            else
            {
                LocalPath.FromLocation(value);
            }

            return null;
        }
        catch (Formats.LakehouseException e)
        {
            return $"is no usable location: {e.Message}";
        }
    }
}
