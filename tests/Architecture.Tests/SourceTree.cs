using LakeAspire.Testing;

namespace LakeAspire.Architecture.Tests;

/// <summary>The files of the repository that people wrote.</summary>
internal static class SourceTree
{
    static readonly string[] Made = ["bin", "obj", "node_modules", ".git", ".lake", "artifacts"];

    public static IEnumerable<string> Files(string pattern) => Walk(Repository.Root, pattern);

    public static bool IsTestOrBench(string path)
    {
        var first = Path.GetRelativePath(Repository.Root, path).Split(Path.DirectorySeparatorChar)[0];
        return first is "tests" or "bench";
    }

    static IEnumerable<string> Walk(string folder, string pattern) =>
        Directory.EnumerateFiles(folder, pattern).Concat(
            Directory.EnumerateDirectories(folder).Where(child => !Made.Contains(Path.GetFileName(child), StringComparer.Ordinal)).SelectMany(child => Walk(child, pattern)));
}
