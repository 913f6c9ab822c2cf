using System.Reflection;

namespace LakeAspire.Testing;

/// <summary>Where the repository is.</summary>
public static class Repository
{
    /// <summary>Its root folder, as recorded when the tests were built.</summary>
    public static string Root { get; } = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "RepositoryRoot").Value!;

    /// <summary>A file or folder of the repository.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);
}
